import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

const HOW = `
For this user, from the next shell on:
  bash        sluice completion bash > ~/.local/share/bash-completion/completions/sluice
  zsh         sluice completion zsh > "\${fpath[1]}/_sluice"
  fish        sluice completion fish > ~/.config/fish/completions/sluice.fish
  powershell  sluice completion powershell >> $PROFILE`;

/** Comes last: it knows the commands and options that the program has by now. */
export function completionCommand(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
  const command = program.commands.find((one) => one.name() === 'completion');
  command?.description('print a script by which a shell completes commands and options').addHelpText('after', HOW);
}
