import { createServer } from 'node:net';
import { Conflict, InvalidInput, messageOf } from '@sluice/kernel';

/** Makes sure that the server can listen there and be reached, before anything is started. @throws Conflict when the port is taken; InvalidInput for an address that is not ours, or a port that browsers refuse. */
export async function checkPortIsFree(port: number, host: string): Promise<void> {
  await checkBrowsersTakeIt(port);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new Conflict(`port ${port} on ${host} is taken by another program: give another with --port`));
      else reject(new InvalidInput(`cannot listen on ${host}:${port} (${messageOf(error)}): give another address with --host, or another port with --port`));
    });
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

/** Browsers, and Node's fetch like them, never connect to the ports of some old protocols (22, 6000, …). */
async function checkBrowsersTakeIt(port: number): Promise<void> {
  const refused = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(1_000) }).then(
    () => false,
    (error: unknown) => error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port',
  );
  if (refused) throw new InvalidInput(`browsers refuse port ${port}: give another with --port`);
}
