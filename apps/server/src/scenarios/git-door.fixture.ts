import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { repositoryId } from '@sluice/kernel';
import type { Shop, World } from './world.fixture.js';

/** git over HTTP to the built-in forge, which notes who pushes; whoever comes is believed. */
export class GitDoor {
  private constructor(
    private readonly port: number,
    readonly close: () => Promise<void>,
  ) {}

  static async open(world: World): Promise<GitDoor> {
    const server = createServer((request, response) => {
      const [, name = '', rest = '', repository = ''] = /^\/as\/([a-z-]+)(\/git\/([a-z0-9-]+)\.git.*)$/.exec(request.url ?? '') ?? [];
      request.url = rest;
      void world.forge.http.handle(request, response, { name, kind: 'person', canPush: () => true }, repositoryId(repository));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const close = async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return new GitDoor((server.address() as AddressInfo).port, close);
  }

  /** Pushes what the shop's work tree has as a branch, as somebody who need not have made it. */
  async push(shop: Shop, branch: string, as: string): Promise<void> {
    await shop.git('push', '--quiet', `http://127.0.0.1:${this.port}/as/${as}/git/${shop.id}.git`, branch);
    await shop.settle();
  }
}
