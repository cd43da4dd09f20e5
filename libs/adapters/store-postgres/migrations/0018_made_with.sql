ALTER TABLE "sluice"."credentials" ADD COLUMN "made_with" text;--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD CONSTRAINT "credentials_made_with_credentials_id_fk" FOREIGN KEY ("made_with") REFERENCES "sluice"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_made_with" ON "sluice"."credentials" USING btree ("made_with");