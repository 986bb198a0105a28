//! What opens something within a text: a password in an address, in an assignment, behind an option of a command.

use super::literal::{may_be_a_secret, names_a_secret};

/// Stands where a value comes from elsewhere.
const ELSEWHERE: char = '\u{fffc}';

/// Options whose letter means a password to one program, and to others a port or a project: the beginning of the
/// program's name, the option, and whether its value is the next word, or stands right behind the letter.
const LETTERS: &[(&str, &str, Behind)] = &[
    ("curl", "-u", Behind::UserNext),
    ("ldap", "-w", Behind::Next),
    ("mariadb", "-p", Behind::Joined),
    ("mongo", "-p", Behind::Next),
    ("mysql", "-p", Behind::Joined),
    ("redis-cli", "-a", Behind::Next),
    ("smbclient", "-U", Behind::SambaNext),
    ("sqlcmd", "-P", Behind::Next),
    ("sshpass", "-p", Behind::Joined),
    ("sshpass", "-p", Behind::Next),
];

/// Where the password of such an option stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    Next,
    Joined,
    /// `user:password`.
    UserNext,
    /// `user%password`.
    SambaNext,
}

/// The text with what stands in for a variable in its place: `${NAME:-default}` is `default`. What only the
/// environment knows is [`ELSEWHERE`].
pub fn filled(text: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("${") {
        filled += before;
        let Some(end) = closing(inner) else {
            return filled + "${" + inner;
        };
        let body = &inner[..end];
        let name = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(body.len());
        let behind = &body[name..];
        match behind.strip_prefix(":-").or(behind.strip_prefix('-')) {
            Some(default) if name > 0 => filled += &self::filled(default),
            _ => filled.push(ELSEWHERE),
        }
        rest = &inner[end + 1..];
    }
    filled + rest
}

/// Where the brace is that closes what has been opened.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(index, c)| {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(index),
            '}' => depth -= 1,
            _ => {}
        }
        None
    })
}

/// Whether part of a filled text is known only elsewhere.
pub fn is_elsewhere(text: &str) -> bool {
    text.contains(ELSEWHERE)
}

/// Whether there is `scheme://user:password@` in a filled text, the password written out.
pub fn address(text: &str) -> bool {
    text.match_indices("://").any(|(at, scheme)| {
        let authority = text[at + scheme.len()..]
            .split(|c: char| c == '/' || c == '?' || c == '#' || c.is_whitespace() || c == '"' || c == '\'')
            .next()
            .unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| may_open(password))
    })
}

/// Whether `NAME=value` stands in a filled text, the name one of a secret: `host=db password=…`, `-Ddb.password=…`.
pub fn assignment(text: &str) -> bool {
    let apart = |c: char| c.is_whitespace() || ",;&?()".contains(c);
    text.split(apart).filter_map(|piece| piece.split_once('=')).any(|(name, value)| {
        // A program that reads its environment, and the pattern of one that looks for passwords.
        let read = ["environ", "getenv", ".env"].iter().any(|word| value.contains(word));
        let value = bare(value);
        names_a_secret(bare(name), value) && may_open(value) && !read && starts_plainly(value)
    })
}

/// The first word that is the password of an option, among the words of a command: `--requirepass`, `sqlcmd -P`.
pub fn option(words: &[&str]) -> Option<usize> {
    let mut program = "";
    for (index, word) in words.iter().enumerate() {
        let word = bare(word);
        if matches!(word, "|" | "||" | "&&" | ";") {
            program = "";
        }
        if !word.starts_with('-') {
            let name = word.rsplit('/').next().unwrap_or_default();
            if LETTERS.iter().any(|(begins, _, _)| name.starts_with(begins)) {
                program = name;
            }
            continue;
        }
        let next = words.get(index + 1).map_or("", |next| bare(next));
        let plain = |value: &str| may_open(value) && starts_plainly(value);
        // `--secret id=npm,src=.npmrc` of a build names a file.
        let named = word.len() > 2 && !word.contains('=') && names_a_secret(word, next);
        if named && plain(next) && !next.starts_with("id=") {
            return Some(index + 1);
        }
        for (_, option, behind) in LETTERS.iter().filter(|(begins, _, _)| program.starts_with(begins)) {
            let found = match (behind, word.strip_prefix(option)) {
                (_, None) => None,
                (Behind::Joined, Some(value)) => plain(value).then_some(index),
                (Behind::Next, Some("")) => plain(next).then_some(index + 1),
                (Behind::UserNext, Some("")) => after(next, ':').is_some_and(plain).then_some(index + 1),
                (Behind::SambaNext, Some("")) => after(next, '%').is_some_and(plain).then_some(index + 1),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

fn after(text: &str, sign: char) -> Option<&str> {
    text.split_once(sign).map(|(_, after)| after)
}

/// The text without quotes around it.
fn bare(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`'])
}

fn may_open(value: &str) -> bool {
    may_be_a_secret(value) && !value.starts_with(['{', '%'])
}

/// Whether it begins as a password does, and patterns and expressions do not.
fn starts_plainly(value: &str) -> bool {
    value.starts_with(|c: char| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_is_written_out() {
        assert_eq!(filled("a${B:-c}d"), "acd");
        assert_eq!(filled("${B-${C:-d}}"), "d");
        assert_eq!(filled("a${B}"), format!("a{ELSEWHERE}"));
        assert_eq!(filled("${B:?say it}${C:+d}"), format!("{ELSEWHERE}{ELSEWHERE}"));
        assert_eq!(filled("a${B:-c"), "a${B:-c");
        assert_eq!(filled("${:-c}"), ELSEWHERE.to_string());
    }

    #[test]
    fn assignments() {
        for text in [
            "host=db user=shop password=hunter22",
            "-Xmx1g -Ddb.password=hunter22",
            "addr=10.0.0.5,username=shop,password=hunter22",
            "Server=db;Password='hunter22'",
            "jdbc:postgresql://db/shop?user=shop&password=hunter22",
        ] {
            assert!(assignment(text), "{text}");
        }
        for text in [
            "sed s/password=.*/password=***/",
            "PGPASSWORD=$(cat /run/secrets/db) psql",
            "connect(password=os.environ['PW'])",
            "password=\"$PW\"",
            "password=",
            "max_tokens=4096 require_password=yes",
        ] {
            assert!(!assignment(text), "{text}");
        }
    }

    #[test]
    fn options() {
        for (text, at) in [
            ("redis-server --requirepass hunter22", 2),
            ("/opt/mssql-tools/bin/sqlcmd -S localhost -U sa -P hunter22", 6),
            ("mysqladmin ping -uroot -phunter22", 3),
            ("redis-cli -a 'hunter22' ping", 2),
            ("curl -u shop:hunter22 http://localhost/", 2),
            ("serve --api-key hunter22", 2),
        ] {
            assert_eq!(option(&text.split(' ').collect::<Vec<_>>()), Some(at), "{text}");
        }
        for text in [
            "docker compose -p shop ps",
            "mkdir -p data",
            "mysql -u root -p shop",
            "psql -U shop -p 5432",
            "redis-cli -a $REDIS_PASSWORD ping",
            "redis-cli -a \"$REDIS_PASSWORD\" ping",
            "serve --password-file /run/secrets/db",
            "serve --token --verbose",
            "docker build --secret id=npm,src=npmrc .",
            "grep -i password notes",
            "curl -u shop http://localhost/",
        ] {
            assert_eq!(option(&text.split(' ').collect::<Vec<_>>()), None, "{text}");
        }
    }
}
