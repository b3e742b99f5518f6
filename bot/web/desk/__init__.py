"""Where employees answer outside the inbox: a staff channel in Slack or Teams, and Zammad; and who is told at once."""
