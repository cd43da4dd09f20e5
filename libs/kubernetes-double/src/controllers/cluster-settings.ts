import type { KubeObject } from '../api/json.js';

export interface ClusterSettings {
  /** How long controllers take to notice a change, and for each step of a rollout. Milliseconds, 2 without it. */
  readonly stepMs?: number;
  /** Images whose containers never become ready. */
  readonly fails?: (image: string) => boolean;
  /** How the pods of a Job end; without it all succeed whose image does not fail. */
  readonly jobEnds?: (job: KubeObject) => 'succeeds' | 'fails' | 'runs on';
}
