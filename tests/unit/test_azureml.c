/*
 * Tests of engine/python/azureml: scripts run by python3, what they log read
 * back through a tail.
 */
#include "check.h"

#include "base/buf.h"
#include "metrics/tail.h"

#include <unistd.h>

static char folder[64];
static struct hd_buf found;

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/hd-azureml-XXXXXX");
	assert_non_null(mkdtemp(folder));
	hd_buf_init(&found);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
	hd_buf_release(&found);
	return 0;
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Run SCRIPT in the folder with SETTINGS before its environment's. */
static int run(const char *settings, const char *script)
{
	struct hd_buf command = HD_BUF_INIT;
	int status;

	if (system("python3 -c pass >/dev/null 2>&1") != 0) {
		print_message("python3 is not installed\n");
		skip();
	}
	write_file("script.py", script);
	hd_buf_printf(&command,
		      "cd %s && env -u HDRIVE_METRICS "
		      "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=%s/engine/python "
		      "HDRIVE_TRIAL=7 AZUREML_RUN_ID=HD_x_7 "
		      "AZUREML_ROOT_RUN_ID=HD_x AZUREML_ARM_PROJECT_NAME=sweep "
		      "HDRIVE_OUTPUTS=%s/outputs %s "
		      "python3 script.py >stdout 2>stderr",
		      folder, TEST_ROOT, folder, settings);
	status = system(hd_buf_text(&command));
	hd_buf_release(&command);
	return status;
}

/* As a trial; a script that fails shows what it said. */
static void run_trial(const char *script)
{
	char settings[128], command[128];

	snprintf(settings, sizeof settings, "HDRIVE_METRICS=%s/metrics", folder);
	if (run(settings, script) == 0)
		return;
	snprintf(command, sizeof command, "cat %s/stderr >&2", folder);
	(void)!system(command);
	fail();
}

static int on_metric(void *user, enum hd_tail_source source,
		     const struct hd_metric *metric)
{
	(void)user;
	hd_buf_printf(&found, "%s %.*s=", hd_tail_source_name(source),
		      (int)metric->name_length, metric->name);
	if (metric->text)
		hd_buf_printf(&found, "'%.*s'", (int)metric->text_length,
			      metric->text);
	else
		hd_buf_number(&found, metric->value);
	if (metric->has_step)
		hd_buf_printf(&found, "@%lld", (long long)metric->step);
	hd_buf_putc(&found, '\n');
	return 0;
}

static int on_mark(void *user, const char *kind, const char *detail)
{
	(void)user;
	if (strcmp(kind, "parent") == 0 || strcmp(kind, "child") == 0)
		hd_buf_printf(&found, "<%s>\n", kind);
	else
		hd_buf_printf(&found, "<%s %s>\n", kind, detail ? detail : "-");
	return 0;
}

static void read_all(void)
{
	struct hd_metric_rules *rules;
	struct hd_tail *tail;
	struct hd_error err = { 0 };

	assert_int_equal(hd_metric_rules_new(&rules, NULL, 0, &err), 0);
	assert_int_equal(hd_tail_new(&tail, folder, rules, NULL, &err), 0);
	hd_buf_clear(&found);
	assert_int_equal(hd_tail_read(tail, true, 1 << 30, on_metric, on_mark,
				      NULL, &err),
			 0);
	hd_tail_free(tail);
	hd_metric_rules_free(rules);
}

static void expect(const char *expected)
{
	read_all();
	assert_string_equal(hd_buf_text(&found), expected);
}

static void what_a_script_logs_is_read(void **state)
{
	(void)state;
	run_trial("from azureml.core import Run\n"
		  "run = Run.get_context()\n"
		  "run.log('Accuracy', 0.5)\n"
		  "run.log('Accuracy', 1, 'text', step=3)\n"
		  "run.log('val loss/[%]', float('nan'))\n"
		  "run.log('i', float('-inf'))\n"
		  "run.log('flag', True)\n"
		  "run.log('opt', 'ad\\u00e4m')\n"
		  "run.log('two\\nlines', 2)\n"
		  "run.log_list('l', [1, 1, 2.5])\n"
		  "run.log_row('r', x=1, y='z')\n"
		  "run.log_table('t', {'x': [1, 2]})\n"
		  "assert run.get_metrics('Accuracy') == {'Accuracy': [0.5, 1]}\n"
		  "assert run.get_metrics()['opt'] == 'ad\\u00e4m'\n");
	expect("metrics Accuracy=0.5\nmetrics Accuracy=1@3\n"
	       "metrics val loss/[%]=nan\nmetrics i=-inf\n"
	       "metrics flag='True'\nmetrics opt='ad\xc3\xa4m'\n"
	       "metrics two lines=2\nmetrics l=1\nmetrics l=1\nmetrics l=2.5\n"
	       "metrics r='{\"x\":1,\"y\":\"z\"}'\n"
	       "metrics t='{\"x\":[1,2]}'\n");
}

static void scalars_of_other_libraries_are_numbers(void **state)
{
	(void)state;
	run_trial("from azureml.core.run import Run\n"
		  "from decimal import Decimal\n"
		  "class Scalar:\n"
		  "    def __init__(self, value): self.value = value\n"
		  "    def item(self): return self.value\n"
		  "class Array:\n"
		  "    def tolist(self): return [1, 2]\n"
		  "    def item(self): raise ValueError('size 2')\n"
		  "run = Run.get_context()\n"
		  "run.log('a', Scalar(0.25))\n"
		  "run.log('b', Scalar(True))\n"
		  "run.log('c', Decimal('0.5'))\n"
		  "run.log('d', None)\n"
		  "run.log_list('e', Array())\n"
		  "run.log_row('f', x=Array(), y=Scalar(3))\n");
	expect("metrics a=0.25\nmetrics b='True'\nmetrics c=0.5\n"
	       "metrics d='None'\nmetrics e=1\nmetrics e=2\n"
	       "metrics f='{\"x\":[1,2],\"y\":3}'\n");
}

static void a_script_says_who_it_is_and_how_it_ends(void **state)
{
	(void)state;
	run_trial("from azureml.core import Run\n"
		  "run = Run.get_submitted_run()\n"
		  "assert run is Run.get_context(allow_offline=False)\n"
		  "assert run.id == 'HD_x_7' and run.number == 7, run\n"
		  "assert run.experiment.name == 'sweep'\n"
		  "assert run.experiment.workspace is not None\n"
		  "assert run.parent.id == 'HD_x'\n"
		  "assert run.parent.parent is None\n"
		  "run.tag('k', 1)\n"
		  "run.set_tags({'k': 'v'})\n"
		  "assert run.get_tags() == {'k': 'v'}\n"
		  "run.add_properties({'p': 1})\n"
		  "try:\n"
		  "    run.add_properties({'p': 2})\n"
		  "    raise SystemExit(1)\n"
		  "except Exception as error:\n"
		  "    assert 'cannot be changed' in str(error)\n"
		  "run.flush()\n"
		  "assert run.get_status() == 'Running'\n"
		  "run.fail(error_details='it \"broke\"')\n"
		  "assert run.get_details()['status'] == 'Failed'\n"
		  "run.cancel()\n"
		  "run.complete()\n"
		  "run.wait_for_completion(show_output=True)\n");
	expect("<tag {\"k\":\"1\"}>\n<tag {\"k\":\"v\"}>\n"
	       "<property {\"p\":\"1\"}>\n<fail it \"broke\">\n<cancel ->\n"
	       "<complete ->\n");
}

static void the_parents_and_childrens_metrics_are_not_the_trials(void **state)
{
	(void)state;
	run_trial("from azureml.core import Run\n"
		  "run = Run.get_context()\n"
		  "run.parent.log('acc', 1)\n"
		  "with run.child_run() as child:\n"
		  "    child.log('acc', 2)\n"
		  "with run:\n"
		  "    run.log('acc', 3)\n");
	expect("<parent>\n<child>\n<child>\nmetrics acc=3\n<complete ->\n");
}

static void artifacts_land_in_the_outputs(void **state)
{
	(void)state;
	run_trial("import io, os\n"
		  "from azureml.core import Run\n"
		  "from azureml.exceptions import AzureMLException\n"
		  "run = Run.get_context()\n"
		  "open('m.bin', 'wb').write(b'model')\n"
		  "run.upload_file('outputs/model.pkl', 'm.bin')\n"
		  "run.upload_file('deep/a.txt', io.BytesIO(b'x'))\n"
		  "run.upload_file('deep/a.txt', 'outputs/deep/a.txt')\n"
		  "os.makedirs('d/e')\n"
		  "open('d/e/f', 'w').close()\n"
		  "run.upload_folder('up', 'd')\n"
		  "class Plot:\n"
		  "    def savefig(self, path): open(path, 'w').write('png')\n"
		  "run.log_image('ROC/1', plot=Plot())\n"
		  "run.log_image('i', path='m.bin')\n"
		  "run.log_confusion_matrix('c', {'data': [[1]]})\n"
		  "run.log_accuracy_table('a', '{}')\n"
		  "run.log_predictions('p', {})\n"
		  "run.log_residuals('r', {})\n"
		  "for bad in ('../x', '', '/'):\n"
		  "    try:\n"
		  "        run.upload_file(bad, 'm.bin')\n"
		  "        raise SystemExit(1)\n"
		  "    except AzureMLException:\n"
		  "        pass\n"
		  "names = ['model.pkl', 'deep/a.txt', 'up/e/f', 'ROC_1.png',\n"
		  "         'i.bin', 'c.json', 'a.json', 'p.json', 'r.json']\n"
		  "for name in names:\n"
		  "    assert os.path.isfile('outputs/' + name), name\n"
		  "assert open('outputs/deep/a.txt').read() == 'x'\n");
	expect("<file outputs/model.pkl>\n<file outputs/deep/a.txt>\n"
	       "<file outputs/deep/a.txt>\n<file outputs/up/e/f>\n"
	       "metrics ROC/1='outputs/ROC_1.png'\nmetrics i='outputs/i.bin'\n"
	       "metrics c='outputs/c.json'\nmetrics a='outputs/a.json'\n"
	       "metrics p='outputs/p.json'\nmetrics r='outputs/r.json'\n");
}

static void long_lists_are_split_and_long_tables_become_files(void **state)
{
	size_t numbers = 0;

	(void)state;
	run_trial("from azureml.core import Run\n"
		  "run = Run.get_context()\n"
		  "run.log_list('l', [i / 7 for i in range(20000)])\n"
		  "run.log_table('t', {'x': list(range(20000))})\n"
		  "lines = open('metrics').read().splitlines()\n"
		  "assert max(len(line) for line in lines) < 65536\n"
		  "assert 'outputs/t.json' in lines[-1]\n");
	read_all();
	for (const char *at = hd_buf_text(&found); (at = strchr(at, '\n')); at++)
		numbers++;
	assert_int_equal(numbers, 20001);
}

static void records_of_threads_and_forks_stay_whole(void **state)
{
	(void)state;
	run_trial("import os, threading, json\n"
		  "from azureml.core import Run\n"
		  "run = Run.get_context()\n"
		  "def work():\n"
		  "    for i in range(200):\n"
		  "        run.log('acc', i)\n"
		  "pid = os.fork()\n"
		  "threads = [threading.Thread(target=work) for _ in range(4)]\n"
		  "for thread in threads: thread.start()\n"
		  "for thread in threads: thread.join()\n"
		  "if pid == 0: os._exit(0)\n"
		  "os.waitpid(pid, 0)\n"
		  "lines = open('metrics').read().splitlines()\n"
		  "assert len(lines) == 1600, len(lines)\n"
		  "for line in lines: json.loads(line)\n");
}

static void hd_131_outside_a_trial_it_prints(void **state)
{
	(void)state;
	assert_int_equal(
		run("",
		    "from azureml.core import Run\n"
		    "from azureml.exceptions import RunEnvironmentException\n"
		    "run = Run.get_context()\n"
		    "assert run.id.startswith('OfflineRun_'), run.id\n"
		    "assert not hasattr(run, 'experiment')\n"
		    "assert run.parent is None\n"
		    "run.log('Regularization Strength:', 0.5)\n"
		    "run.log('opt', 'adam')\n"
		    "run.log_list('l', [1, 2])\n"
		    "run.log_row('r', x=1)\n"
		    "run.tag('k', 'v')\n"
		    "run.upload_file('outputs/m', 'm')\n"
		    "run.complete()\n"
		    "try:\n"
		    "    Run.get_context(allow_offline=False)\n"
		    "    raise SystemExit(1)\n"
		    "except RunEnvironmentException:\n"
		    "    pass\n"),
		0);
	/* What it prints is what the default rules read. */
	expect("stdout Regularization Strength:=0.5\nstdout opt='adam'\n"
	       "stdout l=1\nstdout l=2\nstdout r='{'x': 1}'\n");
}

static void hd_131_without_a_run_and_offline_it_raises(void **state)
{
	(void)state;
	assert_int_not_equal(run("", "from azureml.core import Run\n"
				     "Run.get_context(allow_offline=False)\n"),
			     0);
}

static void what_needs_azure_explains_itself(void **state)
{
	(void)state;
	run_trial("from azureml.core import (Dataset, Datastore, Environment,\n"
		  "    Experiment, Model, ScriptRunConfig, Workspace, VERSION)\n"
		  "from azureml.core.dataset import Dataset as Same\n"
		  "from azureml._common.exceptions import AzureMLException\n"
		  "import azureml.core\n"
		  "assert Dataset is Same\n"
		  "for use in (lambda: Dataset.get_by_name(1, 2),\n"
		  "            lambda: Model(), lambda: Workspace.from_config()):\n"
		  "    try:\n"
		  "        use()\n"
		  "        raise SystemExit(1)\n"
		  "    except AzureMLException as error:\n"
		  "        assert 'install azureml-core' in str(error)\n"
		  "run = azureml.core.Run.get_context()\n"
		  "assert not hasattr(run, 'register_model')\n");
	expect("");
}

static void importing_it_is_silent_and_light(void **state)
{
	(void)state;
	run_trial("import sys\n"
		  "before = set(sys.modules)\n"
		  "from azureml.core import Run\n"
		  "more = set(m.split('.')[0] for m in set(sys.modules) - before)\n"
		  "assert more <= {'azureml', '_hdrive', 'time', 'importlib', 'warnings',\n"
		  "                '_frozen_importlib'}, more\n");
	expect("");
}

/* Write a package that looks like azureml-core to the folder "real". */
static void install_real(const char *init, bool core)
{
	char command[256];

	snprintf(command, sizeof command,
		 "cd %s && mkdir -p real/azureml/train %s", folder,
		 core ? "real/azureml/core" : "");
	assert_int_equal(system(command), 0);
	if (init)
		write_file("real/azureml/__init__.py", init);
	write_file("real/azureml/train/__init__.py", "name = 'train'\n");
	if (core)
		write_file("real/azureml/core/__init__.py",
			   "class Run:\n    real = True\n");
}

static const char check_real[] =
	"import sys\n"
	"sys.path.append('real')\n"
	"from azureml.core import Run\n"
	"import azureml\n"
	"assert Run.real\n"
	"assert all('engine/python' not in p for p in azureml.__path__)\n"
	"from azureml.train import name\n"
	"try:\n"
	"    import azureml.exceptions\n"
	"    raise SystemExit(1)\n"
	"except ImportError:\n"
	"    pass\n";

static void it_steps_back_for_the_real_package(void **state)
{
	(void)state;
	install_real("from pkgutil import extend_path\n"
		     "__path__ = extend_path(__path__, __name__)\n",
		     true);
	run_trial(check_real);
}

static void it_steps_back_for_a_namespace_package(void **state)
{
	(void)state;
	install_real(NULL, true);
	run_trial(check_real);
}

static void other_parts_of_the_sdk_are_found_beside_it(void **state)
{
	(void)state;
	install_real(NULL, false);
	run_trial("import sys\n"
		  "sys.path.append('real')\n"
		  "from azureml.core import Run\n"
		  "from azureml.train import name\n"
		  "Run.get_context().log('a', 1)\n");
	expect("metrics a=1\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_a_script_logs_is_read),
		TEST(scalars_of_other_libraries_are_numbers),
		TEST(a_script_says_who_it_is_and_how_it_ends),
		TEST(the_parents_and_childrens_metrics_are_not_the_trials),
		TEST(artifacts_land_in_the_outputs),
		TEST(long_lists_are_split_and_long_tables_become_files),
		TEST(records_of_threads_and_forks_stay_whole),
		TEST(hd_131_outside_a_trial_it_prints),
		TEST(hd_131_without_a_run_and_offline_it_raises),
		TEST(what_needs_azure_explains_itself),
		TEST(importing_it_is_silent_and_light),
		TEST(it_steps_back_for_the_real_package),
		TEST(it_steps_back_for_a_namespace_package),
		TEST(other_parts_of_the_sdk_are_found_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
