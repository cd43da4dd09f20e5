import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '@sluice/testing';

/** An address of a service that refuses until it is opened: as if the service itself came later. */
export class Door {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly behind: URL,
    private readonly port: number,
  ) {}

  static async before(url: string): Promise<Door> {
    return new Door(new URL(url), await freePort());
  }

  /** The service's URL with the address of the door. */
  get url(): string {
    return Object.assign(new URL(this.behind), { port: String(this.port) }).href;
  }

  async open(): Promise<void> {
    this.server = createServer((outside) => {
      const inside = connect(Number(this.behind.port), this.behind.hostname);
      for (const socket of [outside, inside]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).once('close', () => [outside, inside].forEach((end) => end.destroy()));
      }
      outside.pipe(inside).pipe(outside);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
