"""Notebooks from other machines: what is missing here is replaced or left out, says so, and costs nothing else."""

import pytest

GPUS = "class config:\n    @staticmethod\n    def set_memory_growth(gpu, growth): pass\ngpus = []\n"


def remarks(talk):
    """Return the remarks of each cell that ended, as code and the first field."""
    ended = [cell for cell in talk.of("cell") if cell["status"] != "started"]
    return [[(one["code"], *list(one["fields"].values())[:1]) for one in cell["remarks"]] for cell in ended]


@pytest.mark.parametrize(
    ("cell", "module"),
    [
        ("from google.colab import drive\ndrive.mount('/content/drive', force_remount=True)", "google.colab"),
        ("import google.colab.files as files\nfor name in files.upload(): print(name)", "google.colab"),
        ("from google.colab import userdata\nimport os\nos.environ['KEY'] = userdata.get('KEY')", "google.colab"),
        ("from google.colab.patches import cv2_imshow\ncv2_imshow([[0]])", "google.colab"),
        ("import plotly.express as px\npx.line(x=[1], y=[2]).update_layout(title='t').show()", "plotly"),
        ("import plotly.io\nplotly.io.renderers.default = 'colab'", "plotly"),
        ("import torch\ntorch.manual_seed(1)\nif torch.cuda.is_available(): raise ValueError", "torch"),
        ("import wandb\nwith wandb.init(project='p') as run: run.log({'a': 1})", "wandb"),
        ("from memory_profiler import profile\n@profile\ndef f(): return 1\nassert f() == 1", "memory_profiler"),
        ("def save():\n    from google.colab import files\n    files.download('x')\nsave()", "google.colab"),
        ("import os\nif not os.path.exists('/content'):\n    from google.colab import drive", "google.colab"),
        ("import xgboost as xgb", "xgboost"),
        ("import kagglehub, os\nprint(os.path.join(kagglehub.dataset_download('a/b'), 'x.csv'))", "kagglehub"),
        ("from kaggle_secrets import UserSecretsClient\nUserSecretsClient().get_secret('k')", "kaggle_secrets"),
        ("from kaggle_datasets import KaggleDatasets\nKaggleDatasets().get_gcs_path('x')", "kaggle_datasets"),
        ("import nest_asyncio\nnest_asyncio.apply()", "nest_asyncio"),
        ("from dotenv import load_dotenv\nload_dotenv()", "dotenv"),
        ("from google.auth import default\ncreds, _ = default()", "google.auth"),
        ("import pynvml\nprint(f'{pynvml.nvmlDeviceGetMemoryInfo(0).used / 1024**2:.2f} MB')", "pynvml"),
    ],
)
def test_a_missing_module_does_not_end_its_cell(run_cells, cell, module):
    """The rest of the cell runs, the output says what was replaced, and so does a remark."""
    talk = run_cells(f"{cell}\nx = 1", watched=["x"])
    assert talk.outcomes == [("ok", "")]
    assert talk.values == {"x": 1}
    assert remarks(talk)[0] == [("environment.module", module)]
    assert f"{module} is not installed here" in talk.output


def test_code_that_looks_for_a_module_is_told_that_it_is_missing(run_cells):
    """Colab's paths are not taken by a notebook that asks where it runs, in any of the usual ways."""
    talk = run_cells(
        "from google.colab import drive",
        "try:\n    import google.colab\n    a = True\nexcept ImportError:\n    a = False",
        "try:\n    import torch\nexcept:\n    b = False",
        "import contextlib\nc = False\nwith contextlib.suppress(ImportError):\n    import wandb\n    c = True",
        "import sys\nd = 'google.colab' in sys.modules",
        "import importlib.util\ne = importlib.util.find_spec('torch') is not None",
        "def is_colab():\n    import google.colab\n    return True\ntry:\n    f = is_colab()\n"
        "except (ImportError, ValueError):\n    f = False",
        "try:\n    import torch\nexcept ValueError:\n    pass\ng = True",
        watched=list("abcdefg"),
    )
    assert talk.values == {**dict.fromkeys("abcdef", False), "g": True}


def test_a_module_of_answers_fails_where_it_is_used(run_cells):
    """What computes is not invented: its import passes, and its first use is an error that names it."""
    talk = run_cells("import xgboost as xgb\nx = 1\ny = xgb.XGBClassifier()\nz = 2", watched=["x", "y", "z"])
    assert talk.outcomes == [("error", "ModuleNotFoundError: No module named 'xgboost' (imported above, used here)")]
    assert talk.values == {"x": 1}


def test_a_stand_in_is_no_answer(run_cells):
    """A value that a stand-in took the place of is named as one of a module that is not installed."""
    talk = run_cells("import torch\nx = torch.tensor(1.0) * 2 + 1\ny = [x, 1]", watched=["x", "y"])
    absent = {"$unsupported": {"code": "unsupported.absent_module", "fields": {"module": "torch"}}}
    assert talk.values == {"x": absent, "y": [absent, 1]}


@pytest.mark.parametrize(
    "line",
    [
        "%tensorflow_version 2.x", "%load_ext tensorboard", "%tensorboard --logdir logs", "%reload_ext autoreload",
        "%autoreload 2", "%cuda", "%env", "%sql select 1", "get_ipython().magic('load_ext tensorboard')",
        "get_ipython().run_line_magic('nothing_of_the_kind', '')",
    ],
)  # fmt: skip
def test_an_unknown_line_magic_does_nothing(run_cells, line):
    """It neither ends the cell nor goes unnoticed; those that exist still work."""
    talk = run_cells(f"{line}\nx = 1", watched=["x"])
    assert talk.outcomes == [("ok", "")]
    assert talk.values == {"x": 1}


def test_magics_without_a_meaning_here_are_silent(run_cells):
    """Backends, settings and installations of the student's machine do nothing, without a remark."""
    talk = run_cells(
        "%matplotlib notebook\n%matplotlib widget\n%config InlineBackend.figure_format = 'retina'\n%autosave 60\n"
        "%pip install x\n!apt-get install y\nlines = !pip install z\nx = len(lines)",
        watched=["x"],
    )
    assert talk.values == {"x": 0}
    assert remarks(talk) == [[]]


def test_pylab_brings_its_names(run_cells):
    """`%pylab inline` is how old notebooks import NumPy and pyplot."""
    talk = run_cells("%pylab inline\nx = np.arange(2); y = float(sqrt(4)); plt.plot([1])", watched=["x", "y"])
    assert talk.values == {"x": [0, 1], "y": 2.0}


@pytest.mark.parametrize("header", ["%%time", "%%capture", "%%capture out", "%%memit", "%%wandb", "%%heat -o x"])
def test_python_below_a_cell_magic_runs_as_a_cell(run_cells, header):
    """What measures or captures is dropped, its code runs, and an error in it is the cell's."""
    talk = run_cells(f"{header}\nimport wandb\nx = 1", f"{header}\ny = 2\n1 / 0\nz = 3", watched=["x", "y", "z"])
    assert [status for status, _ in talk.outcomes] == ["ok", "error"]
    assert talk.outcomes[1][1] == "ZeroDivisionError: division by zero"
    assert talk.values == {"x": 1, "y": 2}


@pytest.mark.parametrize("cell", ["%%R\nx <- 1", "%%sql\nselect 1", "%%bash\nexit 3", "%%shell\nnothing_of_the_kind"])
def test_other_languages_and_failed_programs_are_no_errors(run_cells, cell):
    """A cell for another program cannot hold an answer."""
    talk = run_cells(cell)
    assert talk.outcomes == [("ok", "")]
    assert remarks(talk)[0][0][0] == "environment.magic"


@pytest.mark.parametrize(
    "statement",
    [
        "config.set_memory_growth(gpus[0], True)",
        "assert gpus, 'no GPU'",
        "if not gpus:\n    raise SystemError('GPU device not found')",
        "if not gpus:\n    print('none')\n    raise SystemError('please choose another runtime')",
        "for gpu in ['a']:\n    config.set_memory_limit(gpu)",
        "with open('/content/drive/MyDrive/notes.txt', 'w') as file:\n    file.write('notes')",
        "device = gpus[0]",
        "strategy = TPUStrategy()\nwith strategy.scope(): pass",
        "import sys; assert sys.version_info < (3, 0)",
        "import os; os.chdir('/content/drive/MyDrive')",
        "import os; print(os.listdir('/kaggle/input'))",
        "import os; print(os.listdir('../input'))",
        "import os; key = os.environ['KAGGLE_KEY_OF_MINE']",
        "import subprocess; print(subprocess.run(['nvidia-smi'], capture_output=True, text=True).stdout)",
        "nvmlInit()",
        "input('Press Enter to go on')",
        "import locale; locale.setlocale(locale.LC_ALL, 'xx_XX.UTF-8')",
        "import matplotlib.pyplot as plt; plt.style.use('a style of another version')",
    ],
)
def test_a_statement_that_prepares_a_device_or_a_folder_is_left_out(run_cells, statement):
    """It fails, as on any machine without them, and the rest of the cell runs: each statement at most once."""
    talk = run_cells(f"n = 0\n{GPUS}", f"n += 1\n{statement}\nx = 1", watched=["x", "n"])
    assert talk.outcomes[1] == ("ok", "")
    assert talk.values == {"x": 1, "n": 1}
    assert remarks(talk)[1][0][0] == "environment.statement"


@pytest.mark.parametrize(
    "statement",
    [
        "1 / 0",
        "raise ValueError('shape of the network')",
        "network.fit(gpus[0])",
        "class Network:\n    def fit(self): 1 / 0\ndef train_on_gpu(): Network().fit()\nhistory = train_on_gpu()",
        "class Model:\n    def fit(self): 1 / 0\ndef train(): Model().fit()\nif 'GPU':\n    train()",
        "answer = gpus[0]",
        "name = input('Your name? ')",
        "for gpu in [1]:\n    answer = gpu / 0",
        "import contextlib\nwith contextlib.nullcontext('/GPU:0'):\n    print('gpu')\n    network = build_it()",
        "if gpus or True:\n    losses = [1]\n    losses.append(1 / 0)",
        "for gpu in 'ab':\n    if gpu:\n        total = len(gpu) / 0\n    else:\n        history = [1]",
    ],
)
def test_any_other_failed_statement_ends_its_cell(run_cells, statement):
    """Nothing that computes or assigns an answer is skipped, whatever it names."""
    talk = run_cells(GPUS, f"{statement}\nx = 1", watched=["x", "answer"])
    assert talk.outcomes[1][0] == "error"
    assert talk.values == {}


@pytest.mark.parametrize(
    ("header", "statement"),
    [
        ("", "import pandas as pd\ndata = pd.read_csv('data.csv')"),
        ("", "from google.colab import files\nname = next(iter(files.upload()))"),
        ("", "from math import nothing_of_the_kind"),
        ("", "from urllib.request import urlretrieve\nurlretrieve('https://nowhere.invalid/x', 'x')"),
        ("%%time\n", "import xgboost\nxgboost.train()"),
        ("%matplotlib inline\n", "!unzip -q data.zip\nimport zipfile\nzipfile.ZipFile('data.zip')"),
    ],
)
def test_a_failed_statement_does_not_cost_the_imports_below_it(run_cells, header, statement):
    """The cell has failed and runs nothing else; an import that fails as well costs none of the others."""
    below = "import nothing_to_import.here\nfrom math import no_such_name\nfrom math import sqrt as root\nimport json"
    talk = run_cells(
        f"{header}{statement}\nx = 1\n{below}\ny = 2\nif True:\n    import csv",
        "z = [root(4), json.dumps(1), 'csv' in globals()]",
        watched=list("xyz"),
    )
    assert [status for status, _ in talk.outcomes] == ["error", "ok"]
    assert talk.values == {"z": [2.0, "1", False]}


def test_an_import_below_a_failed_statement_is_told_the_truth_as_well(run_cells):
    """A module that is missing is replaced and reported there as anywhere."""
    talk = run_cells("import math\n1 / 0\nimport wandb", "wandb.init()\nx = 1", watched=["x"])
    assert (talk.values, remarks(talk)[0]) == ({"x": 1}, [("environment.module", "wandb")])


def test_an_interrupted_statement_is_not_skipped(run_cells):
    """The time limit ends the cell, even in a statement about a device."""
    talk = run_cells("gpu = 0\nwhile True: gpu += 1\n", "x = 1", watched=["x"], cell_seconds=0.5)
    assert [status for status, _ in talk.outcomes] == ["timeout", "ok"]


def test_a_failed_cell_tells_what_it_left_unbound_and_who_lacked_it(run_cells):
    """Names that only a failed cell would have bound are told, and later errors are traced to it."""
    talk = run_cells(
        "import math\n1 / 0\nimport json\ndef build(n): inner = n\nq07_history, other = 1, 2",
        "built = build(3)",
        "print(built)",
        "unknown",
        "%%time\nraise KeyError\nlate = 1",
    )
    ended = [cell for cell in talk.of("cell") if cell["status"] != "started"]
    assert [cell["unassigned"] for cell in ended] == [
        ["build", "other", "q07_history"], ["built"], [], [], ["late"],
    ]  # fmt: skip
    assert [cell["lacks_cell"] for cell in ended] == [None, 0, 1, None, None]


@pytest.mark.parametrize(
    "broken",
    [
        "<<<<<<< HEAD\nfrom math import pi\nx = 1\n=======\nx = 2\n>>>>>>> other",
        "from math import pi\nprint('open'\nx = 1",
        "%%time\nfrom math import pi\nif True\n    x = 1\nx = (\n    1\n)",
        "%matplotlib inline\nfrom math import pi\n  x = 3\nx = 2",
        "from math import pi\ntry:\n    x = 1\nexcept ValueError:\n    x = 2\nx =",
    ],
)
def test_a_cell_that_cannot_be_read_costs_only_itself(run_cells, broken):
    """Nothing of it runs but its imports, and what it would have bound is told with who lacked it."""
    talk = run_cells(broken, "y = round(pi)", "z = x", "w = 4", watched=list("xyzw"))
    assert [status for status, _ in talk.outcomes] == ["error", "ok", "error", "ok"]
    assert talk.values == {"y": 3, "w": 4}
    ended = [cell for cell in talk.of("cell") if cell["status"] != "started"]
    assert "x" in ended[0]["unassigned"]
    assert ended[2]["lacks_cell"] == 0


@pytest.mark.slow
def test_absent_devices_and_strategies_mean_the_processor(run_cells):
    """A network in a strategy's scope or on a device that is not here is an ordinary one."""
    talk = run_cells(
        "import keras\nimport tensorflow as tf",
        "tf.constant(1)",
        "tf.debugging.set_log_device_placement(False)\nwith tf.device('/GPU:0'):\n    a = int(tf.constant(1) + 1)",
        "strategy = tf.distribute.MirroredStrategy(['/gpu:0', '/gpu:1'])\nwith strategy.scope():\n"
        "    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "b = network._distribute_strategy is None",
        "with tf.distribute.OneDeviceStrategy('/gpu:0').scope() as scope:\n    c = tf.distribute.has_strategy()",
        watched=list("abc"),
    )
    assert [status for status, _ in talk.outcomes] == ["ok"] * 5
    assert talk.values == {"a": 2, "b": True, "c": False}
    assert remarks(talk) == [[]] * 5


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_keras_runs_on_the_backend_that_is_here(run_cells, backend):
    """Another choice is said once, and the notebook's variable tells the truth."""
    talk = run_cells(
        f"import os\nos.environ['KERAS_BACKEND'] = '{backend}'",
        "import keras\nx = keras.backend.backend()\ny = os.environ['KERAS_BACKEND']",
        "import keras\nz = 1",
        watched=list("xyz"),
    )
    assert talk.values == {"x": "tensorflow", "y": "tensorflow", "z": 1}
    assert remarks(talk) == [[], [("environment.backend", backend)], []]
    assert f"Keras runs on TensorFlow here, not on {backend}" in talk.output
