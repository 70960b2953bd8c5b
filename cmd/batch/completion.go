package main

import (
	"fmt"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"

	"github.com/urfave/cli/v2"
)

// completionScripts ask the program itself for what fits, as the library does.
var completionScripts = map[string]string{
	"bash": `_batch_complete() {
  local cur="${COMP_WORDS[COMP_CWORD]}" opts
  if [[ "$cur" == -* ]]; then
    opts=$("${COMP_WORDS[@]:0:COMP_CWORD}" "$cur" --generate-bash-completion 2>/dev/null)
  else
    opts=$("${COMP_WORDS[@]:0:COMP_CWORD}" --generate-bash-completion 2>/dev/null)
  fi
  COMPREPLY=($(compgen -W "${opts}" -- "$cur") $(compgen -f -- "$cur"))
}
complete -o bashdefault -o filenames -F _batch_complete batch
`,
	"zsh": `#compdef batch
_batch() {
  local -a opts
  opts=("${(@f)$(${words[1,CURRENT-1]} --generate-bash-completion 2>/dev/null)}")
  _describe 'values' opts
  _files
}
compdef _batch batch
`,
	"fish": `complete -c batch -f -a '(set -l c (commandline -opc); $c --generate-bash-completion 2>/dev/null)'
complete -c batch -F
`,
}

func completionCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "completion", ArgsUsage: "SHELL", Usage: "print the completion script of bash, zsh or fish",
		Description: "   source <(batch completion bash)\n   batch completion fish > ~/.config/fish/completions/batch.fish",
		Action: func(c *cli.Context) error {
			shell, err := oneArgument(c, "the SHELL")
			if err != nil {
				return err
			}
			script, ok := completionScripts[shell]
			if !ok {
				return app.UsageError("no completion for %q: bash, zsh or fish", shell)
			}
			_, err = fmt.Fprint(ui.AsData(env.stdout), script)
			return err
		},
	})
}
