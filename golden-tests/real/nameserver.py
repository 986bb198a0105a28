"""The name server that Docker runs in every container: 127.0.0.11, an address for each container of a service."""

import socket
import struct
import threading


class NameServer:
    """Answers A questions from `names` (name: addresses), which may change at any time; others get an empty answer."""

    def __init__(self, names):
        self.names = names
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.11", 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, client = self.socket.recvfrom(512)
            self.socket.sendto(self.answer(question), client)

    def answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack_from("!H", question, at + 1)[0]
        addresses = self.names.get(".".join(labels))
        status = 0 if addresses is not None else 3  # no such name
        records = addresses or [] if kind == 1 else []
        head = struct.pack("!2sHHHHH", question[:2], 0x8180 | status, 1, len(records), 0, 0)
        body = b"".join(struct.pack("!HHHIH4s", 0xC00C, 1, 1, 600, 4, socket.inet_aton(a)) for a in records)
        return head + question[12:at + 5] + body
