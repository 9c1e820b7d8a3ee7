"""People, organisations and memberships; who is looking (`Viewer`); invitations, API tokens, inbox and activity."""
