CREATE TABLE "sluice"."agent_tests" (
	"cluster" text PRIMARY KEY NOT NULL,
	"allowed" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."test_runs" (
	"id" text NOT NULL,
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"application" text NOT NULL,
	"test" text NOT NULL,
	"subject" text NOT NULL,
	"number" integer NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"document" jsonb NOT NULL,
	"output" text,
	CONSTRAINT "test_runs_id" UNIQUE("repository","id"),
	CONSTRAINT "test_runs_subject" UNIQUE("subject","number")
);
--> statement-breakpoint
CREATE INDEX "test_runs_place" ON "sluice"."test_runs" USING btree ("repository","environment","application","test","sequence");--> statement-breakpoint
CREATE INDEX "test_runs_state" ON "sluice"."test_runs" USING btree ("repository","environment","state");