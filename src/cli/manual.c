/* SPDX-License-Identifier: Apache-2.0
 *
 * Manual pages in mdoc.
 */
#include "cli/manual.h"

#include "node/config.h"

#include <string.h>

/* Text of a table on lines of its own: no control line may come of it. */
static void
text(struct buf *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_put_str(out, "\\&");
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			buf_put_str(out, "\\e");
		else
			buf_put_mem(out, s, 1);
	}
	buf_put_str(out, "\n");
}

/* An argument of a macro. */
static void
argument(struct buf *out, const char *s)
{
	buf_put_str(out, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_put_str(out, "\\(dq");
		else
			buf_put_mem(out, s, 1);
	}
	buf_put_str(out, "\"");
}

static void
options(const struct option *o, struct buf *out)
{
	if (o->name == NULL)
		return;
	buf_put_str(out, ".Bl -tag -width Ds\n");
	for (; o->name != NULL; o++) {
		buf_put_str(out, ".It ");
		if (o->letter != 0)
			buf_put_format(out, "Fl %c , ", o->letter);
		buf_put_format(out, "Fl Fl %s", o->name);
		if (o->value != NULL) {
			buf_put_str(out, " Ar ");
			argument(out, o->value);
		}
		buf_put_str(out, "\n");
		text(out, o->help.in[LANG_EN]);
	}
	buf_put_str(out, ".El\n");
}

static void
command(const struct command *cmd, struct buf *out)
{
	buf_put_format(out, ".Ss %s\n.Nm\n.Cm %s\n", cmd->name, cmd->name);
	if (cmd->option[0].name != NULL)
		buf_put_str(out, ".Op Ar options\n");
	if (cmd->operands[0] != '\0') {
		buf_put_str(out, ".Ar ");
		argument(out, cmd->operands);
		buf_put_str(out, "\n");
	}
	buf_put_str(out, ".Pp\n");
	text(out, cmd->summary.in[LANG_EN]);
	options(cmd->option, out);
}

void
manual_write_commands(const struct command *const *table, struct buf *out)
{
	buf_put_str(out,
	    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
	    ".\\\" written by: almenara help --manual commands\n"
	    ".Dd November 21, 2026\n.Dt ALMENARA 1\n.Os Almenara\n"
	    ".Sh NAME\n.Nm almenara\n"
	    ".Nd command line of a node of the alert, watch and warning "
	    "network\n"
	    ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n"
	    ".Op Ar operands\n"
	    ".Sh DESCRIPTION\n"
	    "The\n.Nm\ncommand makes a node, talks to the running\n"
	    ".Xr almenarad 8\nover its control socket, and shows what it "
	    "holds.\n.Pp\n"
	    "On a terminal results are tables cut to its width.\n"
	    "In a pipe they are lines of values separated by tabs, uncut "
	    "and without colors.\n"
	    "With\n.Fl Fl json\nstandard output carries one JSON document "
	    "and nothing else, and errors are JSON on standard error.\n"
	    ".Pp\nOptions that every command takes:\n");
	options(args_common, out);
	buf_put_str(out, ".Sh COMMANDS\n");
	for (size_t i = 0; table[i] != NULL; i++)
		command(table[i], out);
	buf_put_str(out,
	    ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
	    ".It Ev ALMENARA_CONTROL\nThe control socket of the node.\n"
	    ".It Ev LC_ALL , LC_MESSAGES , LANG\n"
	    "Language of texts: English, Spanish, Portuguese, French.\n"
	    ".It Ev NO_COLOR , CLICOLOR_FORCE\nNo colors; colors always.\n"
	    ".It Ev ALMENARA_ACCESSIBLE\n"
	    "If set to 1, no line of the terminal is drawn twice.\n"
	    ".It Ev VISUAL , EDITOR\nThe editor of\n.Cm draft edit .\n"
	    ".El\n"
	    ".Sh EXIT STATUS\n"
	    ".Bl -tag -width Ds -compact\n"
	    ".It 0\ndone\n.It 1\nfailed\n"
	    ".It 2\nthe command was not understood\n"
	    ".It 3\nthere is no such thing\n"
	    ".It 4\nnot permitted for this person\n"
	    ".It 5\nrefused by a sharing rule or a rule of the record\n"
	    ".It 6\nwaits for approval\n"
	    ".It 7\naccepted, but not yet delivered\n"
	    ".It 8\na signature or log check failed\n"
	    ".It 9\ntime ran out\n.It 130\ninterrupted\n.El\n"
	    ".Sh EXAMPLES\nA warning from the command line:\n"
	    ".Bd -literal -offset indent\n"
	    "almenara draft new --kind warning --tlp TLP:GREEN \\e\n"
	    "    --title 'es:Cifrado en curso' --title 'en:Encryption "
	    "under way' \\e\n"
	    "    --impact 'es:Pagos detenidos' --severity Severe \\e\n"
	    "    --urgency Immediate --certainty Observed --states UY \\e\n"
	    "    --sectors financial/payments --rsit availability/outage "
	    "\\e\n"
	    "    --action check --set outlook=worsening \\e\n"
	    "    --set attack_vector=VPN\n"
	    "almenara preview 0417abcd\n"
	    "almenara release --wait 10 0417abcd\n.Ed\n"
	    ".Sh SEE ALSO\n.Xr almenarad.conf 5 ,\n"
	    ".Xr almenara-protocol 7 ,\n.Xr almenarad 8\n");
}

void
manual_write_config(struct buf *out)
{
	buf_put_str(out,
	    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
	    ".\\\" written by: almenara help --manual config\n"
	    ".Dd November 21, 2026\n.Dt ALMENARAD.CONF 5\n.Os Almenara\n"
	    ".Sh NAME\n.Nm almenarad.conf\n"
	    ".Nd configuration of a node\n"
	    ".Sh DESCRIPTION\n"
	    "A line is the name of an option and its values; a hash sign "
	    "begins a comment.\n"
	    "A value with blanks, quotes, braces or a hash sign stands in "
	    "double quotes.\n"
	    "Values by name stand between braces, one on each line.\n"
	    "There is no include and no variable.\n"
	    "An unknown option, a value out of range and an option given "
	    "twice are refused with file, line and option by\n"
	    ".Ic almenarad -n .\n"
	    ".Sh OPTIONS\n");
	config_write_manual(out);
	buf_put_str(out,
	    ".Sh FILES\n.Bl -tag -width Ds\n"
	    ".It Pa /etc/almenara/almenarad.conf\n"
	    "read unless another file is named with\n"
	    ".Fl f .\n.El\n"
	    ".Sh EXAMPLES\n.Bd -literal -offset indent\n"
	    "team uy\nlisten \"0.0.0.0:6800\" \"[::]:6800\"\n"
	    "peers {\n\tbr 192.0.2.1:6800\n}\n.Ed\n"
	    ".Sh SEE ALSO\n.Xr almenara 1 ,\n.Xr almenarad 8\n");
}
