import { createServer } from 'node:net';
import { Conflict, InvalidInput, messageOf } from '@sluice/kernel';

/** Makes sure that the server can listen there, before anything is started. @throws Conflict when the port is taken; InvalidInput for an address that is not ours. */
export async function checkPortIsFree(port: number, host: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new Conflict(`port ${port} on ${host} is taken by another program: give another with --port`));
      else reject(new InvalidInput(`cannot listen on ${host}:${port}: ${messageOf(error)}`));
    });
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
