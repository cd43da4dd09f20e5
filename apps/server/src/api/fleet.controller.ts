import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { ClusterDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { CreateJoinToken, ManageCluster, ReadClusters } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentCluster } from './present/cluster.js';
import { time } from './present/time.js';

/** Clusters as people see them. */
@Controller()
export class FleetController {
  constructor(
    @Inject(ReadClusters) private readonly clusters: ReadClusters,
    @Inject(CreateJoinToken) private readonly createJoinToken: CreateJoinToken,
    @Inject(ManageCluster) private readonly manage: ManageCluster,
  ) {}

  @Route(API.clusters)
  async list(@Query({ schema: API.clusters.query }) filter: z.output<typeof API.clusters.query>): Promise<z.output<typeof API.clusters.reply>> {
    return { items: (await this.clusters.list(filter)).map(presentCluster) };
  }

  @Route(API.createJoinToken)
  async join(@Body({ schema: API.createJoinToken.body }) wanted: z.output<typeof API.createJoinToken.body>): Promise<z.output<typeof API.createJoinToken.reply>> {
    const { cluster, repository, environment, ttlSeconds, labels } = wanted;
    const token = await this.createJoinToken.run({ cluster, repository, environment, lifetime: ttlSeconds * 1_000, ...present({ labels }) });
    return { token: token.secret, expiresAt: time(token.expiresAt) };
  }

  @Route(API.revokeCluster)
  async revoke(@Me() { person }: PersonCaller, @Param({ schema: API.revokeCluster.params }) { cluster }: z.output<typeof API.revokeCluster.params>): Promise<ClusterDto> {
    await this.manage.revoke(cluster, person);
    return presentCluster(await this.clusters.get(cluster));
  }

  @Route(API.labelCluster)
  async label(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.labelCluster.params }) { cluster }: z.output<typeof API.labelCluster.params>,
    @Body({ schema: API.labelCluster.body }) change: z.output<typeof API.labelCluster.body>,
  ): Promise<ClusterDto> {
    await this.manage.label(cluster, change, person);
    return presentCluster(await this.clusters.get(cluster));
  }

  @Route(API.acceptCommit)
  async accept(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.acceptCommit.params }) { cluster }: z.output<typeof API.acceptCommit.params>,
    @Body({ schema: API.acceptCommit.body }) { commit }: z.output<typeof API.acceptCommit.body>,
  ): Promise<ClusterDto> {
    await this.manage.accept(cluster, commit, person);
    return presentCluster(await this.clusters.get(cluster));
  }
}
