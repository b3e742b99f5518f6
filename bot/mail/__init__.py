"""Mail in and out: a raw mail read, its nature recognised, a mail written; IMAP and SMTP behind the ports."""
