CREATE TABLE "sluice"."drift" (
	"cluster" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"places" jsonb NOT NULL
);
