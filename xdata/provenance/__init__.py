"""How the files under `resources/` were made: one module a family of files, each run with `python -m`.

Nothing here is imported by the rest of xdata. The packages that these modules read are the extra
`provenance`; each made file names them with their versions.
"""
