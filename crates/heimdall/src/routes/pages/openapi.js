SwaggerUIBundle({ url: "openapi/schema.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
