CREATE TABLE "sluice"."environment_ledgers" (
	"repository" text NOT NULL,
	"environment" text NOT NULL,
	"application" text NOT NULL,
	"position" integer NOT NULL,
	"origin" text,
	"source" text,
	CONSTRAINT "environment_ledgers_repository_environment_application_position_pk" PRIMARY KEY("repository","environment","application","position")
);
