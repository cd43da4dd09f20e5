/** Where a visit has ended. */
export interface Landed {
  readonly status: number;
  readonly url: string;
  readonly body: string;
}

/** Follows redirects over several sites and keeps each site's cookies, as a browser does. Cookies are of a host with its port here: every server of a test is on one machine. */
export class TestBrowser {
  readonly #jar = new Map<string, Map<string, string>>();
  /** Every address of the last visit, redirects included. */
  readonly visited: string[] = [];

  async visit(address: string): Promise<Landed> {
    this.visited.length = 0;
    for (let url = new URL(address), hops = 0; hops < 12; hops++) {
      this.visited.push(url.href);
      const response = await this.#get(url);
      const to = response.headers.get('location');
      if (to === null || response.status < 300 || response.status > 399) return { status: response.status, url: url.href, body: await response.text() };
      url = new URL(to, url);
    }
    throw new Error('too many redirects');
  }

  /** One request without going on. */
  async step(address: string): Promise<Response> {
    return this.#get(new URL(address));
  }

  cookies(address: string): string {
    return [...(this.#jar.get(new URL(address).host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async #get(url: URL): Promise<Response> {
    const response = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html', cookie: this.cookies(url.href) } });
    const jar = this.#jar.get(url.host) ?? new Map<string, string>();
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const gone = value === '' || attributes.some((attribute) => /^\s*expires=Thu, 01 Jan 1970/i.test(attribute));
      if (gone) jar.delete(name);
      else jar.set(name, value);
    }
    this.#jar.set(url.host, jar);
    return response;
  }
}
