"""HTTP aids that know no model: paging, htmx, template tags, problem answers."""
