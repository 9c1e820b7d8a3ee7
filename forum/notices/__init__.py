"""Who is told, in which words; one module per noun, found by being here and loaded at start."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
