"""Mistakes on the command line and in INI files, all with exit status 2, and places where nothing can be written."""
from bad_input_files import Case, directory, link_to, pipe

OUT = ["--output", "out", "--overwrite", "--quiet"]


def usage(arguments, said, ranks=False):
    return Case("option: " + " ".join(arguments)[:60], arguments, said, status=2, ranks=ranks)


def value(option, text, expected, command="train"):
    """A value that the option does not take; in the message it is in quotes."""
    return usage([command, f"--{option}={text}", *(OUT if command == "train" else [])],
                 rf"--{option}: expected {expected}.*, found \"")


VALUES = [
    *[value("hidden", text, "a whole number from 1 to 1000000000")
      for text in ("0", "-1", "1.5", "abc", "1e3", "99999999999999999999", "1000000001", "+5", " 5", "0x10", "5,")],
    *[value("lambda", text, "a number of at least 0") for text in ("-1", "nan", "inf", "1e400", "0,1", "-", "1e-4x")],
    *[value("rho", text, "a number (between 0 and 1|above 0 and below 1)") for text in ("0", "1", "-0.1", "1.1", "nan")],
    *[value("beta", text, "a number of at least 0") for text in ("-3", "NaN", "three")],
    value("max-iterations", "0", "a whole number of at least 1"), value("history", "0", "a whole number from 1 to 1000"),
    value("history", "1001", "a whole number from 1 to 1000"), value("gradient-tolerance", "-1e-5", "a number of at least 0"),
    value("cost-tolerance", "infinity", "a number of at least 0"), value("seed", "-1", "a whole number"),
    value("seed", "18446744073709551616", "a whole number"), value("precision", "half", "\"double\" or \"single\""),
    value("precision", "Double", "\"double\" or \"single\""), value("threads", "0", "a whole number from 1 to 1024"),
    value("threads", "1025", "a whole number from 1 to 1024"), value("train-count", "0", "a whole number of at least 1"),
    value("test-count", "-5", "a whole number of at least 1"), value("init", "a\x1b[31m", "a path, not empty and without control characters"),
    value("train", "two\nlines", "a path, not empty and without control characters"),
    value("epsilon", "0", "a number above 0", "check-gradient"),
    value("plain-tolerance", "-1", "a number above 0", "check-gradient"),
    value("beta", "0", "a number above 0", "check-gradient"),
    *[value("first", text, "a list with commas, each a whole number from 1 to 100000", "show") for text in ("10,,50", "10,0", "10,x", ",", "100001")],
    value("test-first", "0", "a whole number from 1 to 100000", "show"),
    *[value("hidden", text, "a list with commas, each a whole number from 1 to 1000000000", "sweep") for text in ("10,0", "10,", "5:1")],
    *[value("beta", text, "a list with commas, each X or H:X", "sweep") for text in ("10:-1", "0:1", "10:", "1,,2")],
    value("rho", "10:0.1,1", "a list with commas, each X or H:X", "sweep"), value("retries", "-1", "a whole number", "sweep"),
]

WORDS = [
    usage([], "a command is missing; sae-mpi --help lists the commands"),
    usage(["trian"], 'unknown command "trian"; did you mean train[?]'),
    usage(["fly"], 'unknown command "fly"; sae-mpi --help lists the commands'),
    usage(["--hidden", "5"], 'unknown command "--hidden"'),
    usage(["train", "--hiden", "5", *OUT], 'unknown option "--hiden"; did you mean --hidden[?]'),
    usage(["train", "--frobnicate", *OUT], 'unknown option "--frobnicate"; sae-mpi train --help lists the options'),
    usage(["train", "-hidden", "5", *OUT], r'unexpected argument "-hidden"; options begin with "--"'),
    usage(["train", "mnist", *OUT], r'unexpected argument "mnist"; options begin with "--"'),
    usage(["train", *OUT, "--hidden"], "--hidden: needs a value: expected a whole number"),
    usage(["train", "--hidden=", *OUT], "--hidden: .*expected a whole number"),
    usage(["train", "--hidden", "--quiet", *OUT], "--hidden: needs a value: expected a whole number"),
    usage(["train", "--quiet=yes", *OUT], "--quiet: is a switch and takes no value"),
    usage(["train", "--seed", "1", "--seed", "1", *OUT], "--seed: is given twice"),
    usage(["train", "--data", "d", "--train", "t", *OUT], "--data: cannot be given together with --train"),
    usage(["train", "--data", "d", "--train-count", "5", "--test", "t", *OUT], "--(data|test): .*--(data|test|train)"),
    usage(["train", "--test", "images", *OUT], "--test: makes sense only with --train, which is missing"),
    usage(["train", "--output="], "--output: .*expected a path"),
    usage(["evaluate"], "--model FILE is missing: model file"),
    usage(["evaluate", "--model", "model", "--hidden", "5"], 'unknown option "--hidden"'),
    usage(["sweep", "--study", "--rho", "0.1"], "--study: cannot be given together with --rho"),
    usage(["sweep", "--hidden", "10", "--beta", "20:1"], "--beta: 20:1 is for a hidden size that --hidden does not list"),
    usage(["sweep", "--hidden", "10,20", "--rho", "20:0.1"], "--rho: has no value for 10 hidden units; add 10:X"),
    usage(["sweep", "--only", "0,1"], "--only: there is no setting 1; there are 1, from 0 to 0"),
    usage(["sweep", "--groups", "9"], "--groups: 9 groups need as many ranks; there are 3", ranks=True),
    usage(["show", "--overwrite"], 'unknown option "--overwrite"'),
]


def ini(name, text, said, arguments=()):
    contents = text.encode() if isinstance(text, str) else text
    return Case("INI file: " + name, ["train", "--config", "run.ini", *OUT, *arguments], said,
                {"run.ini": contents} if contents is not None else {}, status=2)


INI_FILES = [
    ini("missing", None, "--config run.ini: cannot be opened: No such file or directory"),
    ini("an unknown option", "hidden = 5\nhiden = 5\n", 'run.ini:2: unknown option "hiden"; did you mean hidden[?]'),
    ini("no option", "# run\n\nhidden 5\n", r'run.ini:3: expected "option = value" or a comment, found "hidden 5"'),
    ini("a section", "[train]\nhidden = 5\n", r'run.ini:1: sections are not used; .* found "\[train\]"'),
    ini("no name", "= 5\n", r'run.ini:1: expected "option = value"'),
    ini("twice", "seed = 1\nhidden = 5\nseed = 1\n", 'run.ini:3: "seed" is already on line 1; remove one of the two'),
    ini("no value", "hidden =\n", r'run.ini:1: hidden: expected a whole number .*, found ""'),
    ini("a remark behind a value", "hidden = 5 # five\n", r'run.ini:1: hidden: expected .*, found "5 # five"'),
    ini("a decimal comma", "lambda = 0,003\n", r'run.ini:1: lambda: expected a number of at least 0, found "0,003"'),
    ini("out of range", "seed = 1\nrho = 1\n", r'run.ini:2: rho: expected .*, found "1"'),
    ini("not a number", "beta = nan\n", r'run.ini:1: beta: expected a number of at least 0, found "nan"'),
    Case("INI file: a switch with another word", ["train", "--config", "run.ini", "--output", "new"],
         r'run.ini:1: quiet: expected "?true"? or "?false"?, found "yes"', {"run.ini": b"quiet = yes\n"}, status=2),
    ini("its own name", "config = run.ini\n", "run.ini:1: unknown option \"config\"; it belongs on the command line"),
    ini("help", "help = true\n", 'run.ini:1: unknown option "help"; it belongs on the command line'),
    ini("two in conflict", "data = d\ntrain = t\n", "run.ini:1: data: cannot be given together with --train"),
    ini("one without the other", "test = t\n", "run.ini:1: test: makes sense only with --train, which is missing"),
    ini("dashes", "--hidden = 5\n", 'run.ini:1: unknown option "--hidden"'),
    ini("bytes", bytes(range(1, 256)), "run.ini:1: expected \"option = value\" or a comment, found"),
    ini("zero bytes", bytes(100), "run.ini:1: expected \"option = value\" or a comment, found"),
    ini("UTF-16", "hidden = 5\n".encode("utf-16"), "--config run.ini: is UTF-16; save it as UTF-8"),
    ini("a long line", "x" * 100000, r'run.ini:1: expected .* found "x{80}[.]{3}"'),
    ini("more than a MiB", "# much\n" * 200000, "--config run.ini: is larger than 1 MiB; expected an INI file"),
    Case("INI file: a directory", ["train", "--config", "run.ini", *OUT],
         "--config run.ini: is a directory; expected an INI file", {"run.ini": directory}, status=2),
    Case("INI file: a pipe", ["train", "--config", "run.ini", *OUT],
         "--config run.ini: is not a regular file; expected an INI file", {"run.ini": pipe}, status=2),
    Case("INI file: a device", ["train", "--config", "run.ini", *OUT],
         "--config run.ini: is not a regular file; expected an INI file", {"run.ini": link_to("/dev/zero")}, status=2),
    ini("of another command", "epsilon = 1e-4\n", 'run.ini:1: unknown option "epsilon"'),
    ini("one in conflict with an option", "seed = 3\n", "--data: cannot be given together with --train",
        ["--data", "d", "--train", "t"]),
]

PLACES = [
    Case("output: holds a result", ["train", "--train", "images", "--output", "out"],
         r"--output out: holds a result \(model.safetensors\): name another directory, or add --overwrite"),
    Case("output: a file", ["train", "--train", "images", "--output", "images", "--overwrite"],
         "--output images: exists and is not a directory: name another one"),
    Case("output: behind a file", ["train", "--train", "images", "--output", "images/out"],
         "--output images/out: cannot create this directory: Not a directory"),
    Case("output: a dangling link", ["train", "--train", "images", "--output", "link"], "--output link: .*",
         {"link": link_to("nowhere/at/all")}),
    Case("output: pictures behind a file", ["show", "--train", "images", "--first", "10", "--output", "images/out"],
         "--output images/out: cannot create this directory: Not a directory"),
    Case("output: pictures into a file", ["show", "--train", "images", "--first", "10", "--output", "images"],
         "--output images: cannot create this directory: .*"),
    Case("output: a gradient over the model", ["evaluate", "--model", "model", "--train", "images", "--gradient", "model"],
         "--gradient: model is also a file of --model; give another name", status=2),
    Case("output: a gradient over the images", ["evaluate", "--model", "model", "--train", "images", "--gradient", "link"],
         "--gradient: link is also a file of --train; give another name", {"link": link_to("images")}, status=2),
    Case("memory: more units than fit", ["train", "--hidden", "1000000000", *OUT], "out of memory: use more nodes"),
    Case("memory: 2^40 digits", ["train", "--train-count", str(2**40), *OUT], "out of memory: use more nodes"),
    Case("memory: 2^50 digits", ["train", "--train-count", str(2**50), *OUT],
         "1125899906842624 images or columns are asked for, expected at most 1099511627776"),
    Case("memory: 2^63 - 1 digits", ["train", "--train-count", str(2**63 - 1), *OUT],
         "9223372036854775807 images or columns are asked for, expected at most 1099511627776"),
]


def forbidden(name, arguments, said, modes, status=1):
    return Case("permission: " + name, arguments, said, {"run.ini": b"seed = 1\n"}, status, modes)


PERMISSIONS = [
    forbidden("images", ["train", "--train", "images", *OUT], "cannot read images: Permission denied", {"images": 0}),
    forbidden("model", ["evaluate", "--model", "model", "--train", "images"], "cannot read model: Permission denied",
              {"model": 0}),
    forbidden("model to start from", ["train", "--init", "model", "--train", "images", "--hidden", "3", *OUT],
              "cannot read model: Permission denied", {"model": 0}),
    forbidden("INI file", ["train", "--config", "run.ini", *OUT],
              "--config run.ini: cannot be opened: Permission denied", {"run.ini": 0}, 2),
    forbidden("output", ["train", "--train", "images", *OUT], r".*out/?.*: .*Permission denied", {"out": 0o555}),
    forbidden("parent of the output", ["train", "--train", "images", "--output", "out/deeper"],
              "--output out/deeper: cannot create this directory: Permission denied", {"out": 0o555}),
    forbidden("gradient", ["evaluate", "--model", "model", "--train", "images", "--gradient", "out/gradient"],
              "cannot write out/gradient: .*Permission denied", {"out": 0o555}),
    forbidden("pictures", ["show", "--train", "images", "--first", "10", "--output", "out"],
              r"cannot write out/.*: .*Permission denied", {"out": 0o555}),
]

CASES = VALUES + WORDS + INI_FILES + PLACES + PERMISSIONS
