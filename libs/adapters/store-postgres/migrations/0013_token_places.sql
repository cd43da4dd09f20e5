ALTER TABLE "sluice"."credentials" ADD COLUMN "environments" jsonb;--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD COLUMN "applications" jsonb;