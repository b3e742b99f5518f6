"""Runs the action server on loopback: rasa_sdk's own entry listens on every address."""

from __future__ import annotations

from bot import logs
from bot.settings import Settings


def main() -> None:
    """Serve the actions of this package until a signal comes."""
    settings = Settings.from_environment()
    logs.configure("actions", settings.log_format)
    from rasa_sdk.endpoint import create_app  # after that, because it warns while it is imported

    app = create_app("actions", cors_origins="")
    app.run("127.0.0.1", settings.actions_port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
