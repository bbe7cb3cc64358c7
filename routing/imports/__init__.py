"""Projects of other systems as schemes: dumps of FusionPBX and FreePBX, and spreadsheets."""
