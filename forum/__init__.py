"""Working groups, meetings, discussions, consultations, events. Never reads suppliers, sites or trade links."""
