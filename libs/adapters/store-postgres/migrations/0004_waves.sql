CREATE TABLE "sluice"."rollouts" (
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "rollouts_repository_environment_pk" PRIMARY KEY("repository","environment")
);
--> statement-breakpoint
ALTER TABLE "sluice"."clusters" ADD COLUMN "labels" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sluice"."join_tokens" ADD COLUMN "labels" jsonb DEFAULT '{}'::jsonb NOT NULL;