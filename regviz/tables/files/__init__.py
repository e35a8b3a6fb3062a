"""From what was given, a file, a workbook or a frame, to the lines or cells of a table."""
