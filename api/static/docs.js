const place = document.querySelector("#docs");
SwaggerUIBundle({ domNode: place, url: place.dataset.document, deepLinking: true });
