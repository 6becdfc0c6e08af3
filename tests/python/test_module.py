"""The module itself: what it loads, what it believes of C, what it hides."""
import ctypes
import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import hdrive

BUILD = os.environ["TEST_BUILD"]
ROOT = os.environ["TEST_ROOT"]
LIBRARY = os.path.join(BUILD, "libhdrive.so.0")


def python(text, **environment):
    """TEXT in a Python of its own: its status, and what it said."""
    variables = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", text], env={
        name: value for name, value in variables.items() if value is not None},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    return done.returncode, done.stdout


def recorded():
    """The structs of engine/package/libhdrive.abi: fields by name."""
    structs, fields = {}, None
    with open(os.path.join(ROOT, "engine", "package", "libhdrive.abi")) as file:
        for line in file:
            words = line.split()
            if line.startswith("struct "):
                fields = structs[words[1]] = {}
            elif line.startswith("\t") and fields is not None:
                fields[words[2]] = int(words[0]), int(words[1])
            else:
                fields = None
    return structs


class Layouts(unittest.TestCase):
    def test_structs_are_laid_out_as_cs_are(self):
        structs, seen = recorded(), 0
        for layout in vars(hdrive).values():
            if not (isinstance(layout, type) and issubclass(layout, ctypes.Structure)):
                continue
            seen += 1
            for name, _ in layout._fields_:
                field = getattr(layout, name)
                self.assertEqual((field.offset, field.size), structs[layout.__name__][name],
                                 (layout.__name__, name))
        self.assertGreater(seen, 10)
        self.assertEqual(hdrive._VALUE.size, ctypes.sizeof(hdrive._Value))

    def test_what_the_library_fills_has_room_for_all_of_it(self):
        sizes = {}
        with open(os.path.join(ROOT, "engine", "package", "libhdrive.abi")) as file:
            for line in file:
                words = line.split()
                if line.startswith("struct "):
                    sizes[words[1]] = int(words[2])
        for layout in (hdrive._CError, hdrive._Reason, hdrive._Value):
            self.assertEqual(ctypes.sizeof(layout), sizes[layout.__name__], layout.__name__)

    def test_numbers_of_enums_are_cs(self):
        found = {}
        with open(os.path.join(ROOT, "engine", "package", "libhdrive.abi")) as file:
            for line in file:
                words = line.split()
                if len(words) == 2 and words[1].startswith("HD_"):
                    found[words[1]] = int(words[0])
        for prefix, names in (("HD", "EXHAUSTED STOP ENDED"),
                              ("HD_TRIAL", "COMPLETED FAILED CANCELED"),
                              ("HD_VALUE", "ABSENT NULL BOOL INTEGER REAL TEXT JSON BRANCH"),
                              ("HD_STORE", "READ WRITE CREATE")):
            for name in names.split():
                self.assertEqual(getattr(hdrive, "_" + name), found[prefix + "_" + name], name)

    def test_every_public_name_is_documented(self):
        with open(os.path.join(ROOT, "docs", "reference", "python.md")) as file:
            page = file.read()
        for name in hdrive.__all__:
            self.assertIn(name, page)
            self.assertTrue(inspect.getdoc(getattr(hdrive, name)), name)
        for kind in (hdrive.Study, hdrive.Trial, hdrive.Results):
            for name in vars(kind):
                if not name.startswith("_"):
                    self.assertIn(name, page, kind)


class Library(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def copy(self, *names):
        folder = os.path.join(self.folder, *names)
        os.makedirs(folder)
        shutil.copy(hdrive.__file__, folder)
        return folder

    SEED = ("import hdrive; print(hdrive.Study({'x': [1]}, seed=5).seed, "
            "hdrive._library()._name)")

    def test_a_build_and_an_installation_are_found(self):
        self.assertEqual(python(self.SEED), (0, "5 " + LIBRARY + "\n"))
        folder = self.copy("share", "hdrive", "python")
        os.makedirs(os.path.join(self.folder, "lib"))
        found = os.path.join(self.folder, "lib", "libhdrive.so.0")
        os.symlink(LIBRARY, found)
        self.assertEqual(python(self.SEED, PYTHONPATH=folder), (0, "5 " + found + "\n"))
        # A link to the module is as good as the module.
        link = os.path.join(self.folder, "dist-packages")
        os.makedirs(link)
        os.symlink(os.path.join(folder, "hdrive.py"), os.path.join(link, "hdrive.py"))
        self.assertEqual(python(self.SEED, PYTHONPATH=link), (0, "5 " + found + "\n"))

    def test_the_system_may_know_it(self):
        folder = self.copy("alone")
        self.assertEqual(python(self.SEED, PYTHONPATH=folder, LD_LIBRARY_PATH=BUILD),
                         (0, "5 libhdrive.so.0\n"))

    def test_a_variable_names_it(self):
        folder = self.copy("alone")
        self.assertEqual(python(self.SEED, PYTHONPATH=folder, HDRIVE_LIBRARY=LIBRARY),
                         (0, "5 " + LIBRARY + "\n"))
        code, said = python(self.SEED, HDRIVE_LIBRARY="/no/such.so")
        self.assertEqual(code, 1)
        self.assertIn("hdrive.Error: cannot load /no/such.so: ", said)
        self.assertIn("HDRIVE_LIBRARY may name it", said)

    def test_where_it_is_not_there_only_what_wants_it_fails(self):
        folder = self.copy("alone")
        code, said = python(self.SEED, PYTHONPATH=folder, LD_LIBRARY_PATH=None)
        if code == 0:
            self.skipTest("libhdrive is installed here")
        self.assertIn("cannot load libhdrive.so.0", said)
        code, said = python("import hdrive; hdrive.log(loss=1, acc=0.5, step=3); hdrive.log({})",
                            PYTHONPATH=folder)
        self.assertEqual((code, said), (0, "step 3: loss=1 acc=0.5\n"))

    def test_a_library_of_another_version_is_refused(self):
        folder = self.copy("alone")
        path = os.path.join(folder, "hdrive.py")
        with open(path) as file:
            text = file.read().replace('__version__ = "0.1.0"', '__version__ = "0.9.2"')
        with open(path, "w") as file:
            file.write(text)
        code, said = python(self.SEED, PYTHONPATH=folder, HDRIVE_LIBRARY=LIBRARY)
        self.assertEqual(code, 1)
        self.assertIn("hdrive.Error: this hdrive.py is of version 0.9.2, the libhdrive it found "
                      "of version 0.", said)

    def test_the_version_is_the_librarys(self):
        self.assertEqual(hdrive._library().hd_version().decode(), hdrive.__version__)


if __name__ == "__main__":
    unittest.main()
