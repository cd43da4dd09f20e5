import { sameLiveness, saysWhatRuns, settleLiveness } from '@sluice/gates';
import type { CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Pipeline } from '@sluice/pipeline';
import type { Cluster, Clusters, ContentHead, EnvironmentIndex, Liveness, WakeTarget } from '../ports/index.js';

interface Place {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
}

/** What the last reports of clusters of one environment say about each application that was not known yet. Reads each position of the branch once, whatever the number of clusters. */
export async function newLiveness(
  ports: { readonly clusters: Pick<Clusters, 'liveness' | 'livenessOf'>; readonly index: Pick<EnvironmentIndex, 'position' | 'contents'> },
  place: Place,
  told: { readonly pipeline: Pipeline; readonly clusters: readonly Cluster[] },
): Promise<readonly Liveness[]> {
  const running = await contentsByCommit(ports.index, place, told.clusters);
  if (running.size === 0) return [];
  // a report of one in a large fleet does not read the whole fleet's
  const [first, ...others] = told.clusters;
  const known = first && others.length === 0 ? await ports.clusters.livenessOf({ ...place, name: first.name }) : await ports.clusters.liveness(place.repository, place.environment);
  const before = new Map(known.map((entry) => [`${entry.cluster}/${entry.application}`, entry]));
  return told.clusters.flatMap((cluster) => told.pipeline.applications.flatMap((application) => newEntry(cluster, application, running, before.get(`${cluster.name}/${application.name}`))));
}

type Running = ReadonlyMap<CommitSha, ReadonlyMap<string, ContentHead>>;

/** The content of every application as of each commit that a cluster says to run. A commit that is no longer on the branch says nothing about content that is. */
async function contentsByCommit(index: Pick<EnvironmentIndex, 'position' | 'contents'>, { repository, environment }: Place, clusters: readonly Cluster[]): Promise<Running> {
  const running = new Map<CommitSha, ReadonlyMap<string, ContentHead>>();
  for (const { report } of clusters) {
    if (report?.commit === undefined || !saysWhatRuns(report) || running.has(report.commit)) continue;
    const position = await index.position(repository, environment, report.commit);
    if (position === undefined) continue;
    running.set(report.commit, new Map((await index.contents(repository, environment, position)).map((content) => [content.application, content])));
  }
  return running;
}

function newEntry({ name, repository, environment, report }: Cluster, application: Application, running: Running, previous: Liveness | undefined): readonly Liveness[] {
  const content = report?.commit && running.get(report.commit)?.get(application.name);
  const settled = content && settleLiveness(previous, { content: content.commit, touched: content.touched, owns: ownedBy(application) }, report, report.receivedAt);
  if (!settled || sameLiveness(previous, settled)) return [];
  return [{ repository, environment, application: application.name, cluster: name, ...settled }];
}

function ownedBy(application: Application): (path: string) => boolean {
  // most reports name no path, and an environment has many applications
  let selection: ReturnType<typeof compileSelection> | undefined;
  return (path) => (selection ??= compileSelection({ include: application.paths, exclude: [] })).matches(path);
}

/** The lanes that leave an environment with one of these applications: their health gates look at it. */
export function lanesOut({ repository, environment }: Place, pipeline: Pipeline | undefined, changed: readonly Pick<Liveness, 'application'>[]): readonly WakeTarget[] {
  const targets = pipeline?.environments.filter(({ from }) => from.includes(environment)) ?? [];
  const applications = [...new Set(changed.map(({ application }) => application))];
  return targets.flatMap(({ name }) => applications.map((application): WakeTarget => ({ kind: 'lane', repository, application, target: name })));
}
