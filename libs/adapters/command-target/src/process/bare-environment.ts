/** What every command of this machine finds in its environment, and all that it finds of the agent's: where programs are, and a folder of its own. */
export function bareEnvironment(home: string): Readonly<Record<string, string>> {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8' };
}
