"""Needs assessments: an officer hears a woman out, and her answers decide which agencies are asked."""
