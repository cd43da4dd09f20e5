import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { BASH_SCRIPT } from '../completion/bash-script.js';
import type { Context } from '../context.js';

const HOW = `
For this user, from the next shell on:
  bash        sluice completion bash > ~/.local/share/bash-completion/completions/sluice
              (without the package bash-completion: sluice completion bash >> ~/.bashrc)
  zsh         sluice completion zsh > "\${fpath[1]}/_sluice"
  fish        sluice completion fish > ~/.config/fish/completions/sluice.fish
  powershell  sluice completion powershell >> $PROFILE`;

type Completions = ReturnType<typeof tab>;

/** Comes last: it knows the commands and options that the program has by now. */
export function completionCommand(program: Command, context: Context): void {
  const completions = tab(program, { completionCommandName: 'completion' });
  addGlobalOptions(program, completions);
  const command = program.commands.find((one) => one.name() === 'completion');
  command
    ?.description('print a script by which a shell completes commands and options')
    .addHelpText('after', HOW)
    .action((shell: string) => (shell === 'bash' ? context.terminal.out(BASH_SCRIPT) : completions.setup('sluice', 'sluice', shell)));
}

/** Every command takes them, and they are mostly written behind it. */
function addGlobalOptions(program: Command, { commands }: Completions): void {
  for (const { long, short, description, argChoices = [] } of program.options.filter((option) => option.required)) {
    const name = long?.slice(2) ?? '';
    for (const command of commands.values()) if (!command.options.has(name)) command.option(name, description, (complete) => argChoices.forEach((choice) => complete(choice, '')), short?.slice(1));
  }
}
