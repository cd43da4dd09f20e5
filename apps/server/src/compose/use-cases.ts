import type { Provider, Type } from '@nestjs/common';
import {
  AcceptDirect,
  AcceptReport,
  AdvanceLane,
  Authenticate,
  ControlRollout,
  CreateJoinToken,
  CreateLoginLink,
  CreateRepository,
  DecidePromotion,
  DiffPromotion,
  EnrolCluster,
  FreezeLanes,
  ManageCluster,
  ManagePeople,
  NoteHeartbeat,
  ObserveRepository,
  PlanPromotions,
  PromoteByHand,
  ReadAssignment,
  ReadBackflow,
  ReadClusters,
  ReadMatrix,
  ReadPromotions,
  ReadRollout,
  ReadWhy,
  RebuildRepository,
  ReviewChange,
  RollBack,
  ServerNonce,
  SettleEnvironment,
  SignIn,
  UnownedPaths,
  UpdateImages,
} from '@sluice/usecases';
import type { Ports } from './ports.js';
import type { Settings } from '../settings.js';
import { PORTS, SETTINGS } from './tokens.js';

/** Use cases are plain classes; here is what each is made of. */
export const USE_CASES: readonly Provider[] = [
  build(Authenticate, ({ people }) => new Authenticate(people)),
  build(SignIn, ({ people, clock }) => new SignIn(people, clock)),
  build(CreateLoginLink, ({ people, clock }) => new CreateLoginLink(people, clock)),
  build(ManagePeople, (ports) => new ManagePeople(ports)),

  build(RebuildRepository, (ports) => new RebuildRepository(ports)),
  { provide: CreateRepository, useFactory: (ports: Ports, rebuild: RebuildRepository) => new CreateRepository(ports, ports.clock, rebuild), inject: [PORTS, RebuildRepository] },
  build(ObserveRepository, (ports) => new ObserveRepository(ports)),
  { provide: UpdateImages, useFactory: (ports: Ports, { imageInterval }: Settings) => new UpdateImages(ports, { interval: imageInterval }), inject: [PORTS, SETTINGS] },
  build(AdvanceLane, (ports) => new AdvanceLane(ports)),
  build(AcceptDirect, (ports) => new AcceptDirect(ports)),
  { provide: RollBack, useFactory: (ports: Ports, advanceLane: AdvanceLane) => new RollBack(ports, advanceLane), inject: [PORTS, AdvanceLane] },
  { provide: SettleEnvironment, useFactory: (ports: Ports, rollBack: RollBack) => new SettleEnvironment(ports, rollBack), inject: [PORTS, RollBack] },
  { provide: ControlRollout, useFactory: (ports: Ports, rollBack: RollBack, advanceLane: AdvanceLane) => new ControlRollout(ports, rollBack, advanceLane), inject: [PORTS, RollBack, AdvanceLane] },
  build(DecidePromotion, (ports) => new DecidePromotion(ports)),
  build(FreezeLanes, (ports) => new FreezeLanes(ports)),
  build(PlanPromotions, (ports) => new PlanPromotions(ports)),
  { provide: PromoteByHand, useFactory: (ports: Ports, advanceLane: AdvanceLane) => new PromoteByHand(ports, advanceLane), inject: [PORTS, AdvanceLane] },
  { provide: ReviewChange, useFactory: ({ reviews, promotions }: Ports, decide: DecidePromotion) => new ReviewChange(reviews, promotions, decide), inject: [PORTS, DecidePromotion] },

  build(UnownedPaths, ({ mirrors }) => new UnownedPaths(mirrors)),
  { provide: ReadMatrix, useFactory: (ports: Ports, unownedPaths: UnownedPaths) => new ReadMatrix({ ...ports, unownedPaths }, ports.clock), inject: [PORTS, UnownedPaths] },
  build(ReadWhy, (ports) => new ReadWhy(ports, ports.clock)),
  build(ReadRollout, (ports) => new ReadRollout(ports)),
  build(ReadBackflow, (ports) => new ReadBackflow(ports)),
  build(ReadPromotions, ({ promotions, approvals }) => new ReadPromotions(promotions, approvals)),
  build(DiffPromotion, ({ promotions, mirrors, reader }) => new DiffPromotion(promotions, mirrors, reader)),
  build(ReadClusters, (ports) => new ReadClusters(ports, ports.clock)),

  { provide: ServerNonce, useFactory: ({ memory, clock }: Ports) => ServerNonce.create(memory, clock), inject: [PORTS] },
  build(CreateJoinToken, ({ clusters, repositories, clock }) => new CreateJoinToken(clusters, repositories, clock)),
  build(EnrolCluster, (ports) => new EnrolCluster(ports)),
  build(ReadAssignment, ({ repositories, environments, rollouts }) => new ReadAssignment(repositories, environments, rollouts)),
  build(AcceptReport, (ports) => new AcceptReport({ ...ports, index: ports.environments })),
  build(NoteHeartbeat, ({ clusters, environments, rollouts }) => new NoteHeartbeat(clusters, environments, rollouts)),
  build(ManageCluster, ({ clusters, events, signals, wakes }) => new ManageCluster(clusters, events, signals, wakes)),
];

function build<UseCase extends object>(type: Type<UseCase> | (abstract new (...args: never[]) => UseCase), make: (ports: Ports) => UseCase): Provider {
  return { provide: type, useFactory: make, inject: [PORTS] };
}
