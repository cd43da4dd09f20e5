import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `closed`: nobody answers. `silent`: what is asked is never answered, and never reaches the server. */
type GateMode = 'open' | 'closed' | 'silent';

const REQUEST = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n/;

/** The way to a server, which may be interrupted. */
export class SluiceGate {
  private readonly sockets = new Set<Socket>();
  private mode: GateMode = 'open';
  private deafTo: string | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly port: number,
  ) {
    server.on('connection', (client) => this.let(client));
  }

  static async start(url: string): Promise<SluiceGate> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SluiceGate(server, new URL(url), (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async set(mode: GateMode): Promise<void> {
    const before = this.mode;
    this.mode = mode;
    this.cut();
    if (mode === 'closed' && before !== 'closed') await new Promise((resolve) => this.server.close(resolve));
    if (mode !== 'closed' && before === 'closed') {
      this.server.listen(this.port, '127.0.0.1');
      await once(this.server, 'listening');
    }
  }

  /** What is asked of paths with this end reaches the server and is done, and its answer is lost. */
  loseAnswersTo(end: string | undefined): void {
    this.deafTo = end;
  }

  async stop(): Promise<void> {
    await this.set('closed');
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  private let(client: Socket): void {
    this.keep(client);
    if (this.mode === 'silent') return void client.resume();
    const server = connect(Number(this.target.port), this.target.hostname);
    this.keep(server);
    client.on('data', (chunk: Buffer) => this.pass(chunk, client, server));
    client.on('end', () => server.end());
    server.pipe(client);
  }

  private pass(chunk: Buffer, client: Socket, server: Socket): void {
    const text = chunk.toString('latin1');
    const [, path] = REQUEST.exec(text) ?? [];
    if (path !== undefined && this.deafTo !== undefined && path.endsWith(this.deafTo)) {
      server.unpipe(client);
      // it has answered, so it is done
      server.once('data', () => client.destroy()).resume();
    }
    // a server answers to its own name only
    server.write(path === undefined ? chunk : Buffer.from(text.replace(/^host: .*$/im, `host: ${this.target.host}`), 'latin1'));
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
