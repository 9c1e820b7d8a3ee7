"""Who may do what with schemes, assessments and certificates; one module per noun."""
