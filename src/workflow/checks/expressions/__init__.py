"""The rules of types and units, one module a family of operators; `checks.formulas` calls them over a tree."""
