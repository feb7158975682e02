"""CareParity: population health from raw claims and FHIR, de-identified by default."""
