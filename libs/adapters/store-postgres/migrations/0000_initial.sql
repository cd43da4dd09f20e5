CREATE SCHEMA IF NOT EXISTS "sluice";
--> statement-breakpoint
CREATE SEQUENCE "sluice"."lease_fence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "sluice"."credentials" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"person" text NOT NULL,
	"label" text NOT NULL,
	"expires_at" timestamp(3) with time zone,
	CONSTRAINT "credentials_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "sluice"."people" (
	"name" text PRIMARY KEY NOT NULL,
	"display_name" text NOT NULL,
	"emails" jsonb NOT NULL,
	"groups" jsonb NOT NULL,
	"admin" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."pipelines" (
	"repository" text PRIMARY KEY NOT NULL,
	"document" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."repositories" (
	"id" text PRIMARY KEY NOT NULL,
	"forge" text NOT NULL,
	"config_branch" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."leases" (
	"key" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"fence" bigint NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"effect" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."timers" (
	"id" text PRIMARY KEY NOT NULL,
	"target" jsonb NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."wakes" (
	"key" text PRIMARY KEY NOT NULL,
	"target" jsonb NOT NULL,
	"revision" bigint NOT NULL,
	"settled" bigint NOT NULL,
	"raised_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."environment_commits" (
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"position" integer NOT NULL,
	"commit" text NOT NULL,
	"subject" text NOT NULL,
	"author" text NOT NULL,
	"committed_at" timestamp(3) with time zone NOT NULL,
	"content" jsonb NOT NULL,
	"uses" jsonb NOT NULL,
	"origin" text NOT NULL,
	CONSTRAINT "environment_commits_repository_environment_position_pk" PRIMARY KEY("repository","environment","position")
);
--> statement-breakpoint
CREATE TABLE "sluice"."environment_touches" (
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"application" text NOT NULL,
	"position" integer NOT NULL,
	"content" boolean NOT NULL,
	CONSTRAINT "environment_touches_repository_environment_application_position_pk" PRIMARY KEY("repository","environment","application","position")
);
--> statement-breakpoint
CREATE TABLE "sluice"."environments" (
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "environments_repository_environment_pk" PRIMARY KEY("repository","environment")
);
--> statement-breakpoint
CREATE TABLE "sluice"."event_horizon" (
	"id" integer PRIMARY KEY NOT NULL,
	"transaction" "xid8" NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."events" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"document" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."clusters" (
	"name" text PRIMARY KEY NOT NULL,
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"public_key" text NOT NULL,
	"agent_version" text NOT NULL,
	"enrolled_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone,
	"revoked" boolean DEFAULT false NOT NULL,
	"floor" text,
	"accepted" text,
	"report_sequence" bigint,
	"reported_at" timestamp(3) with time zone,
	"report" jsonb
);
--> statement-breakpoint
CREATE TABLE "sluice"."join_tokens" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"cluster" text NOT NULL,
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_by" text
);
--> statement-breakpoint
CREATE TABLE "sluice"."liveness" (
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"application" text NOT NULL,
	"cluster" text NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "liveness_repository_environment_application_cluster_pk" PRIMARY KEY("repository","environment","application","cluster")
);
--> statement-breakpoint
CREATE TABLE "sluice"."approvals" (
	"repository" text NOT NULL,
	"digest" text NOT NULL,
	"promotion" text NOT NULL,
	"person" text NOT NULL,
	"decision" text NOT NULL,
	"gate" text,
	"comment" text NOT NULL,
	"door" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "approvals_once" UNIQUE NULLS NOT DISTINCT("repository","digest","person","decision","gate")
);
--> statement-breakpoint
CREATE TABLE "sluice"."lanes" (
	"repository" text NOT NULL,
	"target" text NOT NULL,
	"application" text NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "lanes_repository_target_application_pk" PRIMARY KEY("repository","target","application")
);
--> statement-breakpoint
CREATE TABLE "sluice"."promotions" (
	"repository" text NOT NULL,
	"id" text NOT NULL,
	"application" text NOT NULL,
	"target" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"version" integer NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "promotions_repository_id_pk" PRIMARY KEY("repository","id")
);
--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD CONSTRAINT "credentials_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_expiry" ON "sluice"."credentials" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "credentials_person" ON "sluice"."credentials" USING btree ("person");--> statement-breakpoint
CREATE INDEX "outbox_key" ON "sluice"."outbox" USING btree ("key","id");--> statement-breakpoint
CREATE INDEX "outbox_age" ON "sluice"."outbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "timers_due" ON "sluice"."timers" USING btree ("at");--> statement-breakpoint
CREATE INDEX "wakes_unsettled" ON "sluice"."wakes" USING btree ("raised_at") WHERE revision > settled;--> statement-breakpoint
CREATE UNIQUE INDEX "environment_commits_commit" ON "sluice"."environment_commits" USING btree ("commit","repository","environment");--> statement-breakpoint
CREATE INDEX "environment_touches_content" ON "sluice"."environment_touches" USING btree ("repository","environment","application","position") WHERE content;--> statement-breakpoint
CREATE INDEX "events_order" ON "sluice"."events" USING btree ("transaction","seq");--> statement-breakpoint
CREATE INDEX "events_age" ON "sluice"."events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "clusters_environment" ON "sluice"."clusters" USING btree ("repository","environment");--> statement-breakpoint
CREATE INDEX "join_tokens_expiry" ON "sluice"."join_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "promotions_current" ON "sluice"."promotions" USING btree ("repository","application","target") WHERE state in ('open', 'ready', 'merging');--> statement-breakpoint
CREATE INDEX "promotions_newest" ON "sluice"."promotions" USING btree ("created_at","repository","id");--> statement-breakpoint
CREATE INDEX "promotions_lane" ON "sluice"."promotions" USING btree ("repository","target","application","created_at");