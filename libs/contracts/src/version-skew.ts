const VERSION = /^(\d+)\.(\d+)\./;

/**
 * What is wrong with an agent and a server of these versions together, for people; undefined: they are at most one minor version apart, or one of them has a version that says nothing.
 * @param agent as the agent says it: `1.4.0`
 */
export function versionSkew(agent: string, server: string): string | undefined {
  const [theirs, ours] = [VERSION.exec(agent), VERSION.exec(server)];
  if (!theirs || !ours) return undefined;
  const [majors, minors] = [1, 2].map((index) => Number(theirs[index]) - Number(ours[index])) as [number, number];
  if (majors === 0 && Math.abs(minors) <= 1) return undefined;
  const older = majors < 0 || (majors === 0 && minors < 0);
  return `the agent (${agent.slice(0, 50)}) is too ${older ? 'old' : 'new'} for the server (${server}): they may be one minor version apart; install ${older ? 'a newer agent' : 'a newer server first, or an older agent'}`;
}
