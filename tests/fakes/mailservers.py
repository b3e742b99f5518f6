"""Mail servers on loopback: Debian's dovecot for IMAP, aiosmtpd for SMTP, and one that says whatever a test wants."""

from __future__ import annotations

import datetime
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes.serving import free_port

USER, PASSWORD = "helpdesk@phrenos.example", 'geh eim"\\é'


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and its key."""

    certificate: str
    key: str


def make_certificate(folder: Path, address: str = "127.0.0.1") -> Certificate:
    """Write a certificate for an address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(*kinds))
    return Certificate(str(folder / "cert.pem"), str(folder / "key.pem"))


# --- IMAP


def dovecot_program() -> str | None:
    """Return dovecot's program when it can serve IMAP."""
    found = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)
    return found if found and Path("/usr/lib/dovecot/imap").exists() else None


@dataclass
class Dovecot:
    """A running dovecot with one user."""

    plain: int
    tls: int
    certificate: Certificate
    mails: Path
    owner: pwd.struct_passwd

    def put(self, raw: bytes) -> None:
        """Deliver a mail as a mail server does."""
        self._count = getattr(self, "_count", 0) + 1
        for folder in ("", "new", "cur", "tmp"):
            self._make(self.mails / folder)
        path = self.mails / "tmp" / f"{time.time():.6f}.{self._count}.test"
        path.write_bytes(raw)
        os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        path.rename(self.mails / "new" / path.name)

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True)
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)

    def forget(self) -> None:
        """Throw the mailbox away with everything dovecot knows of it: the next UIDVALIDITY is another one."""
        shutil.rmtree(self.mails, ignore_errors=True)


@contextmanager
def running_dovecot(program: str) -> Iterator[Dovecot]:
    """Start dovecot in a temporary folder; stop it and remove the folder."""
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True, dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        mails = folder / "mail" / "INBOX"
        (folder / "mail").mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        found = Dovecot(free_port(), free_port(), make_certificate(folder), mails, owner)
        users = f"{USER}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{folder}/mail::\n"
        (folder / "users").write_text(users, "utf-8")
        (folder / "users").chmod(0o644)
        (folder / "dovecot.conf").write_text(_configuration(folder, found, owner, is_root), "utf-8")
        server = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.PIPE)
        try:
            _wait_for(found.plain, server)
            yield found
        finally:
            server.terminate()
            server.wait(10)
            assert server.stderr
            server.stderr.close()


def _configuration(folder: Path, ports: Dovecot, owner: pwd.struct_passwd, is_root: bool) -> str:
    internal = "dovecot" if is_root else owner.pw_name
    login = "dovenull" if is_root else owner.pw_name
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal if is_root else _group(owner)}
default_login_user = {login}
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
ssl = yes
ssl_cert = <{ports.certificate.certificate}
ssl_key = <{ports.certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/all:INBOX={ports.mails}
mail_fsync = never
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {ports.plain}
  }}
  inet_listener imaps {{
    port = {ports.tls}
  }}
}}
service stats {{
  chroot =
}}
"""


def _group(owner: pwd.struct_passwd) -> str:
    import grp

    return grp.getgrgid(owner.pw_gid).gr_name


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
            probe.settimeout(5)
            if probe.recv(10):
                return
        assert server.poll() is None, server.stderr and server.stderr.read()
        assert time.monotonic() < deadline, "dovecot doesn't start"
        time.sleep(0.05)


# --- SMTP


class Postbox:
    """What an aiosmtpd server got; `answer` is what it says to each mail."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.senders: list[tuple[str, list[str]]] = []
        self.answer = "250 OK"
        self.rcpt_answer = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.mails.append(envelope.original_content)
            self.senders.append((envelope.mail_from, envelope.rcpt_tos))
        return self.answer


@contextmanager
def running_smtp(certificate: Certificate, implicit: bool = False) -> Iterator[tuple[int, Postbox]]:
    """Serve SMTP with a login, over STARTTLS or TLS from the start; yield the port and what it got."""
    box, port = Postbox(), free_port()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    tls: dict[str, Any] = {"ssl_context": context} if implicit else {"tls_context": context, "require_starttls": True}
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=authenticate,
        auth_required=not implicit,
        auth_require_tls=not implicit,
        **tls,
    )
    controller.start()
    try:
        yield port, box
    finally:
        controller.stop()


# --- one that says whatever a test wants


@contextmanager
def saying(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Let `serve` talk to every connection, in a thread of its own; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stopped = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            serve(connection)

    def accept() -> None:
        while not stopped.is_set():
            with suppress(OSError):
                threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stopped.set()
        thread.join(5)
        listener.close()


Lines = Callable[[str, str], bytes | None]


def imap_script(answers: Lines, greeting: bytes = b"* OK hallo\r\n") -> Callable[[socket.socket], None]:
    """Return a server that answers each command: `answers(command, tag)` gives bytes, None to hang up."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(greeting)
        with connection.makefile("rb") as lines:
            for line in lines:
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                said = answers(command, tag)
                if said is None:
                    return
                connection.sendall(said)

    return serve
