// A classifier as a web service: an image in, its class out.
//   dotnet run --project samples/Service -c Release -- parts.onnx
//   curl --data-binary @one.jpg http://localhost:5000/predict
using Byol.Evaluation.Classification;
using ServiceSample;

var file = args[0];
var builder = WebApplication.CreateBuilder(args[1..]);
builder.Services.AddSingleton(_ => new Classifiers(file, Environment.ProcessorCount));
var app = builder.Build();
app.Services.GetRequiredService<Classifiers>();      // a damaged file ends the program now, not the first request

app.MapPost("/predict", async (HttpRequest request, Classifiers classifiers, CancellationToken stop) =>
{
    using var image = new MemoryStream();
    await request.Body.CopyToAsync(image, stop);
    try
    {
        var part = await classifiers.Use(c => c.Predict(image.ToArray(), "The image"), stop);
        return Results.Ok(new Answer(part.Label, part.Probability, part.Novelty, part.Doubt != Doubt.None));
    }
    catch (InvalidDataException e)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});
app.Run();
