import type { Provider, Type } from '@nestjs/common';
import {
  AcceptDirect,
  AcceptReport,
  AdvanceLane,
  Authenticate,
  CreateJoinToken,
  CreateLoginLink,
  CreateRepository,
  DecidePromotion,
  DiffPromotion,
  EnrolCluster,
  FreezeLanes,
  ManageCluster,
  ManagePeople,
  NoteAllowedTests,
  NoteHeartbeat,
  ObserveRepository,
  PlanContent,
  PlanPromotions,
  PromoteByHand,
  ReadAssignment,
  ReadBackflow,
  ReadClusters,
  ReadMatrix,
  ReadPromotions,
  ReadTestRuns,
  ReadWhy,
  RebuildRepository,
  ReviewChange,
  RollBack,
  RunTestsAgain,
  ServerNonce,
  SettleEnvironment,
  SignIn,
  TestOrders,
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
  build(DecidePromotion, (ports) => new DecidePromotion(ports)),
  build(FreezeLanes, (ports) => new FreezeLanes(ports)),
  build(RunTestsAgain, (ports) => new RunTestsAgain(ports)),
  build(PlanPromotions, (ports) => new PlanPromotions(ports)),
  build(PlanContent, (ports) => new PlanContent(ports)),
  { provide: PromoteByHand, useFactory: (ports: Ports, advanceLane: AdvanceLane) => new PromoteByHand(ports, advanceLane), inject: [PORTS, AdvanceLane] },
  { provide: ReviewChange, useFactory: ({ reviews, promotions }: Ports, decide: DecidePromotion) => new ReviewChange(reviews, promotions, decide), inject: [PORTS, DecidePromotion] },

  build(UnownedPaths, ({ mirrors }) => new UnownedPaths(mirrors)),
  { provide: ReadMatrix, useFactory: (ports: Ports, unownedPaths: UnownedPaths) => new ReadMatrix({ ...ports, unownedPaths }, ports.clock), inject: [PORTS, UnownedPaths] },
  build(ReadWhy, (ports) => new ReadWhy(ports, ports.clock)),
  build(ReadBackflow, (ports) => new ReadBackflow(ports)),
  build(ReadPromotions, ({ promotions, approvals }) => new ReadPromotions(promotions, approvals)),
  build(ReadTestRuns, ({ testRuns, repositories }) => new ReadTestRuns(testRuns, repositories)),
  build(DiffPromotion, (ports) => new DiffPromotion(ports)),
  build(ReadClusters, ({ clusters, environments, clock }) => new ReadClusters(clusters, environments, clock)),

  { provide: ServerNonce, useFactory: ({ memory, clock }: Ports) => ServerNonce.create(memory, clock), inject: [PORTS] },
  build(CreateJoinToken, ({ clusters, repositories, clock }) => new CreateJoinToken(clusters, repositories, clock)),
  build(EnrolCluster, ({ clusters, repositories, environments, events }) => new EnrolCluster(clusters, repositories, environments, events)),
  build(ReadAssignment, ({ repositories, environments }) => new ReadAssignment(repositories, environments)),
  build(AcceptReport, (ports) => new AcceptReport({ ...ports, index: ports.environments })),
  build(NoteHeartbeat, ({ clusters, environments }) => new NoteHeartbeat(clusters, environments)),
  build(NoteAllowedTests, (ports) => new NoteAllowedTests(ports)),
  build(TestOrders, (ports) => new TestOrders(ports)),
  build(ManageCluster, ({ clusters, events, signals }) => new ManageCluster(clusters, events, signals)),
];

function build<UseCase extends object>(type: Type<UseCase> | (abstract new (...args: never[]) => UseCase), make: (ports: Ports) => UseCase): Provider {
  return { provide: type, useFactory: make, inject: [PORTS] };
}
