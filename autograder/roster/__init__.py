"""The course list: read the instructor's file, and match each submission with the people on it."""

from autograder.roster.columns import kinds_of
from autograder.roster.roster_file import read_roster
from autograder.roster.roster_matching import Directory, Match, bare_name, is_name_of, match_roster

__all__ = ["Directory", "Match", "bare_name", "is_name_of", "kinds_of", "match_roster", "read_roster"]
