"""How nbgrader sees this course: `nbgrader autograde NN-name` and the like, from the root of the checkout.

The score it computes is for a first look. Marks that count come from `toyevm grade`, which believes no notebook.
"""

import os
import sys
from pathlib import Path

from toyevm.teaching.grading.release import CODE_STUB, PRIVATE

c = get_config()  # noqa: F821 -- nbgrader provides it

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "toyevm"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.solution_directory = "grading/solution"
c.CourseDirectory.db_url = "sqlite:///grading/gradebook.db"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", *PRIVATE]

c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.OverwriteCells.add_missing_cells = True  # a deleted check would otherwise not be asked for
c.Execute.timeout = 10

# nbgrader starts a program of its own (alembic) that lies beside Python, in an environment nobody may have activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

# A check that displays instead of ending with its points would earn full marks whatever the answer is.
os.environ["TOYEVM_MODE"] = "mark"
