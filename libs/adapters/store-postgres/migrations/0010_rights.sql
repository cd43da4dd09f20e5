CREATE TABLE "sluice"."role_bindings" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"role" text NOT NULL,
	"who" text NOT NULL,
	"repositories" text NOT NULL,
	"application" text NOT NULL,
	"environment" text NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."temporary_rights" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"kind" text NOT NULL,
	"repository" text NOT NULL,
	"environment" text,
	"application" text,
	"giver" text,
	"person" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"until" timestamp(3) with time zone NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"ended_by" text
);
--> statement-breakpoint
CREATE INDEX "temporary_rights_repository" ON "sluice"."temporary_rights" USING btree ("repository","sequence");