"""Requests that do not stop while something is done, and who answered them: what people would notice of it."""

import http.client
import json
import ssl
import threading
import time

from trial import same

# Below the rate at which the proxy would turn clients away.
CLIENTS, PAUSE = 3, 0.1


class Traffic:
    """Every request is a connection of its own through the proxy of this host."""

    def __init__(self, domain, encrypted):
        self.domain = domain
        # Whether the certificate is trusted is not asked here. One for all requests, and without the authorities of this
        # machine: to read those costs many times what a request does.
        self.encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if encrypted else None
        if encrypted:
            self.encryption.check_hostname, self.encryption.verify_mode = False, ssl.CERT_NONE
        self.answers = []  # who answered, in order; what went wrong instead
        self.failures = []
        self.over = threading.Event()
        self.clients = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for client in self.clients:
            client.join()

    def seen(self):
        """Who has answered since this was asked last; nothing may have gone wrong."""
        answers, self.answers = self.answers, []
        same("requests that failed", self.failures[:5], [])
        return set(answers)

    def _client(self):
        while not self.over.is_set():
            try:
                self.answers.append(self._ask())
            except (OSError, ValueError, http.client.HTTPException) as error:
                self.failures.append(f"{time.strftime('%T')} {error!r}")
            time.sleep(PAUSE)

    def _ask(self):
        """The name of the container that answered."""
        if self.encryption:
            connection = Direct(self.domain, 443, context=self.encryption, timeout=20)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=20)
        try:
            connection.request("GET", "/", headers={"Host": self.domain})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            return json.loads(body)["name"]
        finally:
            connection.close()


class Direct(http.client.HTTPSConnection):
    """To this host, whatever the name: the name is for the certificate."""

    def connect(self):
        self.host, name = "127.0.0.1", self.host
        http.client.HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=name)
