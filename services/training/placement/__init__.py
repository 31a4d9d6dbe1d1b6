"""Job training and placement: batches in a sector, assessments, vacancies, and who found work where."""
