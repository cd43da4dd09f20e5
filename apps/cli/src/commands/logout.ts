import { rm } from 'node:fs/promises';
import { API } from '@sluice/contracts';
import { NotFound, Unauthenticated, Unavailable } from '@sluice/kernel';
import type { Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { loginFile, readConnection, type Connection } from '../connection.js';
import { globalOptions, type Context } from '../context.js';
import { writeJson } from '../terminal.js';

export function logoutCommand(program: Command, context: Context): void {
  program
    .command('logout')
    .description('end the token that `sluice login` keeps for this user of the machine, and forget it')
    .option('--forget', 'forget it also when the server cannot be asked to end it')
    .action(async ({ forget = false }: { readonly forget?: boolean }, command: Command) => {
      const file = loginFile(context.environment);
      const connection = await readConnection(file);
      if (!connection) throw new NotFound(`nobody is signed in here by \`sluice login\`: there is no ${file}`);
      const ended = await end(connection, forget);
      await rm(file, { force: true });
      if (globalOptions(command).output === 'json') return writeJson(context.terminal, { url: connection.url, ended });
      context.terminal.out(ended ? `Signed out of ${connection.url}: the token, and what was made with it, has ended.` : `Forgotten here. At ${connection.url} the token is still good: end it with \`sluice token revoke\`, or wait for its end.`);
    });
}

/** False: it was to be forgotten, and nobody could be asked. @throws Unavailable */
async function end(connection: Connection, forget: boolean): Promise<boolean> {
  try {
    await new ApiClient(connection).call(API.revokeToken);
    return true;
  } catch (error) {
    // it has ended already
    if (error instanceof Unauthenticated) return true;
    if (!(error instanceof Unavailable)) throw error;
    if (forget) return false;
    throw new Unavailable(`${error.message}; the token is kept, so that it can be ended later: --forget drops it without that`, { cause: error });
  }
}
