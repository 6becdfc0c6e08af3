/*
 * hdrive completion: what shells need to complete a command line. The scripts
 * are short, as all of them ask this command what fits ("--words").
 */
#include "cli/cli.h"
#include "cli/complete.h"

#include <string.h>

struct completion_options {
	bool words;
};

#define ROW(field) offsetof(struct completion_options, field)
static const struct cli_opt completion_rows[] = {
	{ "words", 0, NULL, "what may stand in place of the last word behind '--'", CLI_OPT_FLAG,
	  ROW(words), 0 },
	CLI_OPT_END
};

/* COMP_WORDS has "--output=json" as three words, which --words understands. */
static const char completion_bash[] =
	"# bash completion of hdrive: hdrive completion bash\n"
	"_hdrive()\n"
	"{\n"
	"\tlocal line more= word=${COMP_WORDS[COMP_CWORD]}\n"
	"\tlocal program=${COMP_WORDS[0]/#\\~/$HOME}\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\twhile IFS= read -r line; do\n"
	"\t\tcase $line in\n"
	"\t\t:*) more=$line ;;\n"
	"\t\t*) COMPREPLY+=(\"${line%%$'\\t'*}\") ;;\n"
	"\t\tesac\n"
	"\tdone < <(\"$program\" completion --words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" \\\n"
	"\t\t2>/dev/null </dev/null)\n"
	"\t[[ $word != = ]] || word=\n"
	"\tcase $more in\n"
	"\t:files) line=-f ;;\n"
	"\t:folders) line=-d ;;\n"
	"\t:programs) line=-c ;;\n"
	"\t*) return ;;\n"
	"\tesac\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"\twhile IFS= read -r word; do\n"
	"\t\tCOMPREPLY+=(\"$word\")\n"
	"\tdone < <(compgen \"$line\" -- \"$word\")\n"
	"}\n"
	"complete -F _hdrive hdrive\n";

static const char completion_zsh[] = "#compdef hdrive\n"
				     "# zsh completion of hdrive: hdrive completion zsh\n"
				     "_hdrive()\n"
				     "{\n"
				     "\tlocal line more word program=${words[1]/#\\~/$HOME}\n"
				     "\tlocal -a found\n"
				     "\n"
				     "\twhile IFS= read -r line; do\n"
				     "\t\tcase $line in\n"
				     "\t\t(:*) more=$line ;;\n"
				     "\t\t(*)\n"
				     "\t\t\tword=${line%%$'\\t'*}\n"
				     "\t\t\tfound+=(\"${word//:/\\\\:}:${${line#$word}#$'\\t'}\")\n"
				     "\t\t\t;;\n"
				     "\t\tesac\n"
				     "\tdone < <($program completion --words -- "
				     "\"${(@)words[2,CURRENT]}\" 2>/dev/null </dev/null)\n"
				     "\t(( ! $#found )) || _describe hdrive found\n"
				     "\tcase $more in\n"
				     "\t(:files) _files ;;\n"
				     "\t(:folders) _files -/ ;;\n"
				     "\t(:programs) _command_names -e ;;\n"
				     "\tesac\n"
				     "}\n"
				     "if [[ $funcstack[1] == _hdrive ]]; then\n"
				     "\t_hdrive \"$@\"\n"
				     "else\n"
				     "\tcompdef _hdrive hdrive\n"
				     "fi\n";

static const char completion_fish[] =
	"# fish completion of hdrive: hdrive completion fish\n"
	"function __hdrive_complete\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l word (commandline -ct)\n"
	"\tset -l program (string replace -r '^~' $HOME -- $words[1])\n"
	"\tfor line in ($program completion --words -- $words[2..-1] \"$word\" 2>/dev/null "
	"</dev/null)\n"
	"\t\tswitch $line\n"
	"\t\t\tcase ':files'\n"
	"\t\t\t\t__fish_complete_path \"$word\"\n"
	"\t\t\tcase ':folders'\n"
	"\t\t\t\t__fish_complete_directories \"$word\"\n"
	"\t\t\tcase ':programs'\n"
	"\t\t\t\t__fish_complete_command\n"
	"\t\t\tcase '*'\n"
	"\t\t\t\techo $line\n"
	"\t\tend\n"
	"\tend\n"
	"end\n"
	"complete -c hdrive -f -a '(__hdrive_complete)'\n";

static int completion_main(struct cli *cli)
{
	static const struct {
		const char *name;
		const char *script;
	} shells[] = {
		{ "bash", completion_bash },
		{ "zsh", completion_zsh },
		{ "fish", completion_fish },
	};
	struct completion_options options = { 0 };
	int code;

	if (!cli_parse(cli, &options, &code))
		return code;
	if (options.words) {
		complete_words(cli, cli->rest, cli->rest_count);
		return CLI_OK;
	}
	if (!cli_words_between(cli, 1, 1, &code))
		return code;
	for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
		if (strcmp(shells[i].name, cli->words[0]))
			continue;
		cli_put(cli, "%s", shells[i].script);
		return CLI_OK;
	}
	return cli_fail(cli, CLI_USAGE, "no completion for '%s', one of: bash, zsh, fish",
			cli->words[0]);
}

const struct cli_command cli_cmd_completion = {
	.name = "completion",
	.summary = "complete command lines in a shell",
	.usage = "bash|zsh|fish",
	.examples = "  . <(hdrive completion bash)           # in ~/.bashrc\n"
		    "  . <(hdrive completion zsh)            # in ~/.zshrc, behind compinit\n"
		    "  hdrive completion fish | source       # in config.fish\n",
	.options = completion_rows,
	.run = completion_main,
};
