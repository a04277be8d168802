"""A mail server for the tests: Debian's aiosmtpd, which the recipient's name tells how to answer.

reply-550-5.1.1@… is refused with that answer, silent@… gets no answer at all, hang-up@… ends the
connection, every other message lands in the
Maildir. Writes one JSON line when it listens and one for each thing that happens; ends when its input ends.
"""

import argparse
import asyncio
import json
import re
import ssl
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult


def tell(**what):
    print(json.dumps(what), flush=True)


class Handler(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "silent":
            tell(event="silent")
            await asyncio.Event().wait()
        if name == "hang-up":
            server.transport.abort()
            return "421 4.3.2 Bye"
        scripted = re.fullmatch(r"reply-(\d{3})(?:-([\d.]+))?", name)
        if scripted:
            code, enhanced = scripted.groups()
            return f"{code} {enhanced or ''} <{address}> is what we do not take"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        await super().handle_DATA(server, session, envelope)
        tell(
            event="taken",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            hello=session.host_name,
            encrypted=session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
            user=getattr(session, "auth_data", None) and session.auth_data.decode(),
        )
        return "250 2.0.0 Ok: queued as 4XyZ"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("maildir")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--mode", choices=["plain", "starttls", "smtps"], default="plain")
    parser.add_argument("--login")
    args = parser.parse_args()

    context = None
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)

    def authenticate(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        tell(event="login", right=given == args.login)
        return AuthResult(success=given == args.login, handled=False, auth_data=data.login)

    handler = Handler(args.maildir)

    def connection():
        tell(event="connected")
        return SMTP(
            handler,
            tls_context=context if args.mode == "starttls" else None,
            authenticator=authenticate if args.login else None,
            auth_required=bool(args.login),
            auth_require_tls=args.mode == "starttls",
            loop=asyncio.get_running_loop(),
        )

    wrapped = context if args.mode == "smtps" else None
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", args.port, ssl=wrapped)
    tell(port=server.sockets[0].getsockname()[1])
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    sys.stdout.flush()
    import os

    os._exit(0)


asyncio.run(main())
